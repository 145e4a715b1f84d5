// A number of rows and a way to predict one in; one entry a row, an answer or that row's own error, out.

import { isMLError, type MLError } from '../errors.ts'
import { type DeadlineOptions, openDeadline } from '../resilience/deadline.ts'
import type { Prediction } from '../rows/prediction.ts'

export type SliceOptions = DeadlineOptions & {
  /** Rows that are under way at the same time. */
  readonly sliceRows: number
}

type PredictOne = (index: number, signal: AbortSignal | undefined) => Promise<Prediction>

/**
 * Feeds `rowCount` rows in slices under one signal. Rows that have no answer when the time is up end with
 * DEADLINE_EXCEEDED.
 * @throws what is not of one row: an abort's reason, CLOSED
 */
export async function predictSlices(
  rowCount: number,
  predictOne: PredictOne,
  options: SliceOptions,
): Promise<(Prediction | MLError)[]> {
  const { timeoutMs, signal, sliceRows } = options
  if (timeoutMs === undefined && signal === undefined) return feed(rowCount, predictOne, sliceRows, undefined)
  const deadline = openDeadline(options)
  try {
    return await feed(rowCount, predictOne, sliceRows, deadline.signal)
  } finally {
    deadline.release()
  }
}

async function feed(
  rowCount: number,
  predictOne: PredictOne,
  sliceRows: number,
  signal: AbortSignal | undefined,
): Promise<(Prediction | MLError)[]> {
  const entries: (Prediction | MLError)[] = new Array<Prediction | MLError>(rowCount)
  const predictInto = async (index: number): Promise<void> => {
    try {
      entries[index] = await predictOne(index, signal)
    } catch (error) {
      if (!isMLError(error) || error.code === 'CLOSED') throw error
      entries[index] = error
    }
  }
  for (let start = 0; start < rowCount; start += sliceRows) {
    const slice: Promise<void>[] = []
    for (let index = start; index < Math.min(start + sliceRows, rowCount); index++) slice.push(predictInto(index))
    await Promise.all(slice)
  }
  return entries
}
