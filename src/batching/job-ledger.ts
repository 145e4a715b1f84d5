// Submitted jobs in, batches of them out: owns their queue, deadlines and abort signals, and settles each exactly once.

import type { MLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import { AbortWatch } from '../observe/abort-watch.ts'
import type { BatchingErrors } from './batching-errors.ts'
import { DeadlineWatch } from './deadline-watch.ts'
import { JobQueue } from './job-queue.ts'
import { type NewJob, PendingJob } from './pending-job.ts'
import type { RunTimeEstimate } from './run-time-estimate.ts'

/** One entry a job, in order: its result, or the error that this job alone gets. */
export type BatchResults<Result> = readonly (Result | Error)[]

/** What runs together. */
export type Batch<Job, Result> = {
  readonly jobs: readonly PendingJob<Job, Result>[]
  readonly rowCount: number
  /** When the longest waiting job of them came. */
  readonly oldestAtMs: number
  readonly startedAtMs: number
}

export type JobLedgerOptions = {
  readonly clock: Clock
  readonly errors: BatchingErrors
  readonly runTime: RunTimeEstimate
  readonly maxRows: number
  readonly maxQueuedRows: number
  /** Hears of each job that was aborted or late before it ran. */
  readonly onDeparture: () => void
}

export class JobLedger<Job, Result> {
  readonly #options: JobLedgerOptions
  readonly #errors: BatchingErrors
  readonly #queue = new JobQueue<Job, Result>()
  readonly #deadlines: DeadlineWatch<PendingJob<Job, Result>>
  readonly #signals: AbortWatch<PendingJob<Job, Result>>

  constructor(options: JobLedgerOptions) {
    const { clock, errors } = options
    this.#options = options
    this.#errors = errors
    this.#deadlines = new DeadlineWatch(clock, (pending) => this.#depart(pending, errors.late(pending, clock.now())))
    this.#signals = new AbortWatch((pending, reason) => this.#depart(pending, reason))
  }

  get queuedRows(): number {
    return this.#queue.rowCount
  }

  /** Infinity for an empty queue. */
  get oldestAtMs(): number {
    return this.#queue.oldestAtMs
  }

  /** Why `job` cannot be added; undefined where it can. */
  refusalOf({ rowCount, deadlineAtMs }: NewJob<Job>, nowMs: number): MLError | undefined {
    const { maxRows, maxQueuedRows, runTime } = this.#options
    if (!Number.isInteger(rowCount) || rowCount < 1 || rowCount > maxRows)
      return this.#errors.wrongRowCount(rowCount, maxRows)
    if (!(deadlineAtMs > nowMs)) return this.#errors.late({ stage: 'queued', enqueuedAtMs: nowMs, deadlineAtMs }, nowMs)
    const queuedRows = this.#queue.rowCount
    if (queuedRows + rowCount <= maxQueuedRows) return undefined
    const retryAfterMs = runTime.retryAfterMs(queuedRows)
    return this.#errors.queueFull({ queuedRows, maxQueuedRows, rowCount, retryAfterMs })
  }

  add(job: NewJob<Job>, nowMs: number): Promise<Result> {
    const pending = new PendingJob<Job, Result>(job, nowMs)
    const answer = new Promise<Result>((resolve, reject) => {
      pending.resolve = resolve
      pending.reject = reject
    })
    this.#signals.add(pending)
    if (job.deadlineAtMs < Infinity) this.#deadlines.add(pending, nowMs)
    this.#queue.push(pending)
    return answer
  }

  /** What goes next, at most `maxRows` rows; late jobs are settled instead, so that the batch may be empty. */
  takeBatch(nowMs: number): Batch<Job, Result> {
    const jobs: PendingJob<Job, Result>[] = []
    let rowCount = 0
    let oldestAtMs = nowMs
    for (let pending = this.#queue.peek(); pending !== undefined; pending = this.#queue.peek()) {
      const isLate = pending.deadlineAtMs <= nowMs
      // What goes next and does not fit waits for the next batch: passing it would let small jobs starve it.
      if (!isLate && rowCount + pending.rowCount > this.#options.maxRows) break
      this.#queue.remove(pending)
      if (isLate) {
        this.#reject(pending, this.#errors.late(pending, nowMs))
        continue
      }
      pending.stage = 'running'
      rowCount += pending.rowCount
      if (pending.enqueuedAtMs < oldestAtMs) oldestAtMs = pending.enqueuedAtMs
      jobs.push(pending)
    }
    return { jobs, rowCount, oldestAtMs, startedAtMs: nowMs }
  }

  /** Gives each job of `batch` its own result. Where `results` does not fit the batch, it fails as a whole. */
  answer({ jobs }: Batch<Job, Result>, results: BatchResults<Result>): void {
    if (!Array.isArray(results) || results.length !== jobs.length) {
      this.fail({ jobs }, this.#errors.wrongResults(jobs.length, results))
      return
    }
    const nowMs = this.#options.clock.now()
    for (let i = 0; i < jobs.length; i++) {
      const pending = jobs[i]
      const result: Result | Error = results[i]
      if (pending.deadlineAtMs <= nowMs) this.#reject(pending, this.#errors.late(pending, nowMs))
      else if (result instanceof Error) this.#reject(pending, result)
      else if (this.#release(pending)) pending.resolve(result)
    }
  }

  /** The one place where a batch fails as a whole: to find its one bad job by halves, start here. */
  fail({ jobs }: Pick<Batch<Job, Result>, 'jobs'>, error: unknown): void {
    for (const pending of jobs) this.#reject(pending, error)
  }

  /** Settles every queued job with `error`. */
  refuseQueued(error: unknown): void {
    for (let pending = this.#queue.peek(); pending !== undefined; pending = this.#queue.peek()) {
      this.#queue.remove(pending)
      this.#reject(pending, error)
    }
  }

  #depart(pending: PendingJob<Job, Result>, reason: unknown): void {
    const hasRun = pending.stage === 'running'
    if (!hasRun) this.#queue.remove(pending)
    this.#reject(pending, reason)
    if (!hasRun) this.#options.onDeparture()
  }

  #reject(pending: PendingJob<Job, Result>, reason: unknown): void {
    if (this.#release(pending)) pending.reject(reason)
  }

  /** Takes deadline and listener off a job; false where it was settled before. */
  #release(pending: PendingJob<Job, Result>): boolean {
    if (pending.stage === 'settled') return false
    pending.stage = 'settled'
    if (pending.deadlineAtMs < Infinity) this.#deadlines.delete(pending)
    this.#signals.delete(pending)
    return true
  }
}
