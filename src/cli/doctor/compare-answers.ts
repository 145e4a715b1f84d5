// A model and held-out customers in; how far its probabilities are from scikit-learn's own, out.

import { isMLError } from '../../errors.ts'
import type { ModelPredictor } from '../../runtime/predictor.ts'
import type { HeldOut } from '../demo/churn-example.ts'

/** The largest difference; infinite where a row has no answer. */
export async function compareAnswers(
  model: Pick<ModelPredictor, 'predictBatch'>,
  { rows, expected }: HeldOut,
): Promise<number> {
  let largest = 0
  const entries = await model.predictBatch(rows)
  entries.forEach((entry, row) => {
    const given: unknown = isMLError(entry) ? undefined : entry.probabilities
    const found = Array.isArray(given) ? (given as number[]) : []
    expected.predict_proba[row].forEach((wanted, column) => {
      const difference = Math.abs(wanted - (found[column] ?? NaN))
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference)
    })
  })
  return largest
}
