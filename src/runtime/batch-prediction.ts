// A number of rows and a way to predict one in; one entry a row, an answer or that row's own error, out.

import { isMLError, type MLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { Prediction } from '../rows/prediction.ts'
import type { PredictOptions } from './options.ts'

export type SliceOptions = {
  readonly predictOptions: PredictOptions
  /** Rows that are under way at the same time. */
  readonly sliceRows: number
  readonly clock: Clock
}

type PredictOne = (index: number, options: PredictOptions) => Promise<Prediction>

/**
 * Feeds `rowCount` rows in slices. One deadline holds for all of them: rows that have none left end with DEADLINE_EXCEEDED.
 * @throws what is not of one row: an abort's reason, CLOSED
 */
export async function predictSlices(
  rowCount: number,
  predictOne: PredictOne,
  { predictOptions, sliceRows, clock }: SliceOptions,
): Promise<(Prediction | MLError)[]> {
  const { timeoutMs } = predictOptions
  const startedAt = clock.now()
  const entries: (Prediction | MLError)[] = new Array<Prediction | MLError>(rowCount)
  // a deadline that has passed is still one: the smallest positive timeout makes each further row end at once
  const remaining = (): PredictOptions =>
    timeoutMs === undefined || !(timeoutMs > 0)
      ? predictOptions
      : { ...predictOptions, timeoutMs: Math.max(Number.MIN_VALUE, timeoutMs - (clock.now() - startedAt)) }

  async function predictInto(index: number, options: PredictOptions): Promise<void> {
    try {
      entries[index] = await predictOne(index, options)
    } catch (error) {
      if (!isMLError(error) || error.code === 'CLOSED') throw error
      entries[index] = error
    }
  }

  for (let start = 0; start < rowCount; start += sliceRows) {
    const options = remaining()
    const slice: Promise<void>[] = []
    for (let index = start; index < Math.min(start + sliceRows, rowCount); index++)
      slice.push(predictInto(index, options))
    await Promise.all(slice)
  }
  return entries
}
