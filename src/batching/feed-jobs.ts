// Many jobs of one caller in, so many of them under way at a time; one entry a job, in order, out.

import { isMLError } from '../errors.ts'
import type { StopSignal } from '../observe/stop-signal.ts'
import type { BatchingErrors } from './batching-errors.ts'

export type FeedOptions<Job, Result> = {
  /** Settles each job once; waits where there is no room. */
  readonly submit: (job: Job, rowCount: number) => Promise<Result>
  /** Rows of each job, in order. */
  readonly rowCounts: readonly number[]
  /** Most rows under way at once; a job with more goes alone. */
  readonly sliceRows: number
  readonly signal: StopSignal | undefined
  readonly errors: BatchingErrors
}

/**
 * As rows are answered the next ones go: no slice waits for the slowest row of the one before it.
 * @throws what is not of one job: `signal.reason` when aborted, CLOSED
 */
export function feedJobs<Job, Result>(
  jobs: readonly Job[],
  { submit, rowCounts, sliceRows, signal, errors }: FeedOptions<Job, Result>,
): Promise<(Result | Error)[]> {
  return new Promise((resolve, reject) => {
    const entries: (Result | Error)[] = new Array<Result | Error>(jobs.length)
    let next = 0
    let rowsUnderWay = 0
    let jobsLeft = jobs.length

    const settle = (index: number, rowCount: number, entry: Result | Error): void => {
      entries[index] = entry
      rowsUnderWay -= rowCount
      if (--jobsLeft === 0) resolve(entries)
      else goOn()
    }

    const start = (index: number): void => {
      const rowCount = rowCounts[index]
      rowsUnderWay += rowCount
      void submit(jobs[index], rowCount).then(
        (result) => settle(index, rowCount, result),
        (error: unknown) => {
          if (signal?.aborted === true) stop(signal.reason)
          else if (isMLError(error) && error.code === 'CLOSED') stop(error)
          else settle(index, rowCount, error instanceof Error ? error : errors.notAnError(error))
        },
      )
    }

    const goOn = (): void => {
      while (next < jobs.length && (rowsUnderWay === 0 || rowsUnderWay + rowCounts[next] <= sliceRows)) start(next++)
    }

    const stop = (error: unknown): void => {
      next = jobs.length
      reject(error as Error)
    }

    if (jobs.length === 0) resolve(entries)
    else goOn()
  })
}
