// What a batcher is given, and what each submit may say.

import type { Clock } from '../observe/clock.ts'
import type { BatchOutcome } from './batch-outcome.ts'
import type { BatchingOptions } from './batching-options.ts'
import type { JobGroup, JobOptions } from './pending-job.ts'
import type { ExecuteBatch } from './run-jobs.ts'

export type BatcherOptions<Job, Result> = BatchingOptions & {
  /** Name of the model, for errors. */
  readonly model?: string
  /** Never given an aborted or late job; one call at a time. */
  readonly execute: ExecuteBatch<Job, Result>
  /**
   * `sync`: a run blocks this thread, so it starts when the event loop's turn ends. `async`: it starts once the code that
   * submits has returned, so that rows submitted one after the other are one batch.
   */
  readonly mode: 'sync' | 'async'
  readonly clock: Clock
  /** Calls back when this turn of the event loop ends: setImmediate in Node. */
  readonly defer: (callback: () => void) => void
  /** Calls back once what runs now has returned, before anything else comes. @default queueMicrotask */
  readonly afterStep?: (callback: () => void) => void
  /** Only jobs of one group share a batch; must give a job the same one each time. @default all jobs are alike */
  readonly groupOf?: (job: Job) => JobGroup
  /** Whether a batch that failed with `error` is run again by halves, so that one bad row fails alone. @default never */
  readonly mayBeRowFault?: (error: unknown) => boolean
  /** Hears once of each batch how it ended, before the next one starts. Must not throw. */
  readonly onOutcome?: (outcome: BatchOutcome) => void
  /**
   * Hears of each batch that has ended: its rows, how long the oldest of them had waited, its runs, and when on the
   * batcher's clock. Must not throw.
   */
  readonly observe?: (rowCount: number, queueMs: number, runMs: number, endedAtMs: number) => void
}

export type SubmitOptions = JobOptions & {
  /**
   * `wait`: the job waits for room in the queue, and gets at most half of it, however late its answer will be. `refuse`:
   * it is refused with QUEUE_FULL, and so is one whose answer would come after its deadline. @default 'refuse'
   */
  readonly whenFull?: 'refuse' | 'wait'
}

export type SubmitManyOptions<Job> = Pick<SubmitOptions, 'priority' | 'signal' | 'deadlineAtMs'> & {
  /** Rows of each job. @default 1 */
  readonly rowCountOf?: (job: Job) => number
}
