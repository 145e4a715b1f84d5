// An entry of predictBatch in, whether it is an answer out.

import { isMLError, type MLError } from '../errors.ts'
import type { Prediction } from '../rows/prediction.ts'

/** True for the entries of predictBatch that have an answer. */
export function isPrediction<TPrediction extends Prediction>(entry: TPrediction | MLError): entry is TPrediction {
  return !isMLError(entry)
}
