// A job that comes and what waits ahead of it in, the reason to refuse it at once out, if there is one.

import type { MLError } from '../errors.ts'
import type { BatchingErrors } from './batching-errors.ts'
import type { ResolvedBatching } from './batching-options.ts'
import type { Batch, JobLedger } from './job-ledger.ts'
import type { Pace } from './pace.ts'
import type { NewJob } from './pending-job.ts'

/**
 * Of so many jobs that would miss their deadline one is let in all the same: where only refusals were left, nothing
 * would run that could show that the model has become faster.
 */
const probeEvery = 32

export type AdmissionOptions<Job, Result> = {
  readonly ledger: JobLedger<Job, Result>
  readonly pace: Pace
  readonly limits: ResolvedBatching
  readonly errors: BatchingErrors
}

export class Admission<Job, Result> {
  readonly #options: AdmissionOptions<Job, Result>
  #missCount = 0

  constructor(options: AdmissionOptions<Job, Result>) {
    this.#options = options
  }

  /** Why no batch will ever take `job`. */
  faultOf({ rowCount, deadlineAtMs }: NewJob<Job>, nowMs: number): MLError | undefined {
    const { limits, errors } = this.#options
    const { maxRows } = limits.strategy
    if (!Number.isInteger(rowCount) || rowCount < 1 || rowCount > maxRows)
      return errors.wrongRowCount(rowCount, maxRows)
    if (!(deadlineAtMs > nowMs)) return errors.late({ stage: 'queued', enqueuedAtMs: nowMs, deadlineAtMs }, nowMs)
    return undefined
  }

  /** Why `job`, which would rather be refused than wait, cannot be taken now. */
  refusalOf(job: NewJob<Job>, nowMs: number, running: Batch<Job, Result> | undefined): MLError | undefined {
    const { ledger, pace, limits, errors } = this.#options
    const { queuedRows } = ledger
    const { rowCount, deadlineAtMs } = job
    if (!ledger.hasRoomFor(rowCount)) {
      const { maxQueuedRows } = limits
      return errors.queueFull({ queuedRows, maxQueuedRows, rowCount, retryAfterMs: pace.retryAfterMs(queuedRows) })
    }
    if (deadlineAtMs === Infinity) return undefined
    const rowsAhead = ledger.rowsAhead(job)
    const restMs = running === undefined ? 0 : this.#restMs(running, nowMs)
    // Who comes to an idle model is never refused, whatever it once took.
    if (rowsAhead === 0 && restMs === 0) return undefined
    const waitMs = pace.answerMs(rowsAhead + rowCount)
    if (waitMs === undefined || nowMs + restMs + waitMs < deadlineAtMs) return undefined
    if (++this.#missCount % probeEvery === 0) return undefined
    return errors.predictedMiss({
      queuedRows,
      expectedMs: restMs + waitMs,
      leftMs: deadlineAtMs - nowMs,
      retryAfterMs: pace.retryAfterMs(queuedRows),
    })
  }

  /** What the run under way still takes. */
  #restMs({ startedAtMs, rowCount }: Batch<Job, Result>, nowMs: number): number {
    return Math.max(0, startedAtMs + this.#options.pace.runMs(rowCount) - nowMs)
  }
}
