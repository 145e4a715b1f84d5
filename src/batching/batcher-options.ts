// What a batcher is given, and what each submit may say.

import type { Clock } from '../observe/clock.ts'
import type { BatchingOptions } from './batching-options.ts'
import type { Priority } from './pending-job.ts'
import type { ExecuteBatch } from './run-batch.ts'

export type BatcherOptions<Job, Result> = BatchingOptions & {
  /** Name of the model, for errors. */
  readonly model?: string
  /** Never given an aborted or late job; one call at a time. */
  readonly execute: ExecuteBatch<Job, Result>
  /** `sync`: a run blocks this thread, so it starts when the event loop's turn ends. `async`: it starts at once. */
  readonly mode: 'sync' | 'async'
  readonly clock: Clock
  /** Calls back when this turn of the event loop ends: setImmediate in Node. */
  readonly defer: (callback: () => void) => void
  /** Hears of each batch that has ended: its rows, how long the oldest of them had waited, and the run. Must not throw. */
  readonly observe?: (rowCount: number, queueMs: number, runMs: number) => void
}

export type SubmitOptions = {
  /** @default 1 */
  readonly rowCount?: number
  /** @default 'normal' */
  readonly priority?: Priority
  readonly signal?: AbortSignal
  /** Time of the batcher's clock after which no answer is wanted. @default Infinity */
  readonly deadlineAtMs?: number
}
