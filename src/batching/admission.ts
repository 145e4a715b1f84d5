// A job that comes and what waits ahead of it in, the reason to refuse it at once out, if there is one.

import type { MLError } from '../errors.ts'
import type { SubmitOptions } from './batcher-options.ts'
import type { BatchingErrors } from './batching-errors.ts'
import type { ResolvedBatching } from './batching-options.ts'
import type { Batch, JobLedger } from './job-ledger.ts'
import type { Pace } from './pace.ts'
import type { PendingJob } from './pending-job.ts'

/**
 * Of so many jobs that would miss their deadline one is let in all the same: where only refusals were left, nothing
 * would run that could show that the model has become faster.
 */
const probeEvery = 256

/** In which a refusal is repeated: its numbers are whole milliseconds, and still true. */
const repeatMs = 1

export type AdmissionOptions<Job, Result> = {
  readonly ledger: JobLedger<Job, Result>
  readonly pace: Pace
  readonly limits: ResolvedBatching
  readonly errors: BatchingErrors
  readonly runningBatch: () => Batch<Job, Result> | undefined
}

export class Admission<Job, Result> {
  readonly #options: AdmissionOptions<Job, Result>
  #missCount = 0
  #lastMiss: { readonly atMs: number; readonly queuedRows: number; readonly leftMs: number; error: MLError } | undefined
  #lastFull:
    | { readonly atMs: number; readonly queuedRows: number; readonly rowCount: number; error: MLError }
    | undefined

  constructor(options: AdmissionOptions<Job, Result>) {
    this.#options = options
  }

  /**
   * Why a job that comes now cannot be taken, or ever; where it can, it is told when its answer is expected. `ask`: it is
   * not taken yet, and comes again.
   */
  refusalOf(
    pending: PendingJob<Job, Result>,
    { whenFull = 'refuse' }: SubmitOptions,
    purpose: 'ask' | 'take',
  ): MLError | undefined {
    const { ledger, limits, errors } = this.#options
    const { rowCount, uselessAtMs, enqueuedAtMs: nowMs } = pending
    const { maxRows } = limits.strategy
    if (!Number.isInteger(rowCount) || rowCount < 1 || rowCount > maxRows)
      return errors.wrongRowCount(rowCount, maxRows)
    if (!(uselessAtMs > nowMs)) return errors.late(pending, nowMs)
    if (whenFull === 'wait') return undefined
    if (!ledger.hasRoomFor(rowCount)) return this.#full(rowCount, nowMs)
    return uselessAtMs === Infinity ? undefined : this.#predictedMissOf(pending, uselessAtMs, purpose)
  }

  #predictedMissOf(pending: PendingJob<Job, Result>, dueAtMs: number, purpose: 'ask' | 'take'): MLError | undefined {
    const { enqueuedAtMs: nowMs } = pending
    pending.expectedMs = this.#expectedMs(pending)
    const cautiousMs = pending.expectedMs * this.#options.pace.caution
    // 0 at an idle model: it is asked whatever it once took, since answers are what its cost is learned from.
    if (nowMs + cautiousMs < dueAtMs) return undefined
    const isProbe = (this.#missCount + 1) % probeEvery === 0
    if (!isProbe || purpose === 'take') this.#missCount++
    return isProbe ? undefined : this.#miss(cautiousMs, dueAtMs - nowMs, nowMs)
  }

  /** How long until the answer; 0 where nothing is ahead of it, or not enough was measured to say. */
  #expectedMs(pending: PendingJob<Job, Result>): number {
    const { ledger, pace, runningBatch } = this.#options
    const running = runningBatch()
    const rowsAhead = ledger.rowsAhead(pending)
    const endsAtMs = running === undefined ? -Infinity : running.startedAtMs + pace.runMs(running.rowCount)
    const restMs = Math.max(0, endsAtMs - pending.enqueuedAtMs)
    if (rowsAhead === 0 && restMs === 0) return 0
    const waitMs = pace.answerMs(rowsAhead + pending.rowCount)
    return waitMs === undefined ? 0 : restMs + waitMs
  }

  /** Callers who are refused in the same moment for the same reason share the error: to make one costs more than the rest. */
  #full(rowCount: number, nowMs: number): MLError {
    const { ledger, pace, limits, errors } = this.#options
    const { queuedRows } = ledger
    const last = this.#lastFull
    if (last?.queuedRows === queuedRows && last.rowCount === rowCount && nowMs - last.atMs < repeatMs) return last.error
    const { maxQueuedRows } = limits
    const retryAfterMs = pace.retryAfterMs(queuedRows)
    const error = errors.queueFull({ queuedRows, maxQueuedRows, rowCount, retryAfterMs })
    this.#lastFull = { atMs: nowMs, queuedRows, rowCount, error }
    return error
  }

  #miss(expectedMs: number, leftMs: number, nowMs: number): MLError {
    const { ledger, pace, errors } = this.#options
    const { queuedRows } = ledger
    const last = this.#lastMiss
    const isAlike = last?.queuedRows === queuedRows && Math.abs(leftMs - last.leftMs) < repeatMs
    if (isAlike && nowMs - last.atMs < repeatMs) return last.error
    const retryAfterMs = pace.retryAfterMs(queuedRows)
    const error = errors.predictedMiss({ queuedRows, expectedMs, leftMs, retryAfterMs })
    this.#lastMiss = { atMs: nowMs, queuedRows, leftMs, error }
    return error
  }
}
