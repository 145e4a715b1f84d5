// Jobs of concurrent callers in, one call of `execute` a batch, and to each caller its own job's answer out.

import type { MLError } from '../errors.ts'
import { Admission } from './admission.ts'
import type { BatchOutcome } from './batch-outcome.ts'
import { BatchSchedule } from './batch-schedule.ts'
import type { BatcherOptions, SubmitManyOptions, SubmitOptions } from './batcher-options.ts'
import { type BatchingErrors, createBatchingErrors } from './batching-errors.ts'
import { type ResolvedBatching, resolveBatchingOptions } from './batching-options.ts'
import { feedJobs } from './feed-jobs.ts'
import { type Batch, JobLedger } from './job-ledger.ts'
import { type BatcherCost, Pace } from './pace.ts'
import { PendingJob } from './pending-job.ts'
import { rejectSoon } from './reject-soon.ts'
import { runBatch } from './run-batch.ts'
import type { RunOptions } from './run-jobs.ts'

/** Rows may be queued in each state but `closed`. */
type BatcherState<Job, Result> =
  | { readonly kind: 'open' }
  | { readonly kind: 'running'; readonly batch: Batch<Job, Result> }
  | { readonly kind: 'closed' }

const open = { kind: 'open' } as const
const noOptions: SubmitOptions = {}

/**
 * A batcher that owns its queue and timers until it is closed.
 * @throws VALIDATION_FAILED where an option is out of range
 */
export function createBatcher<Job, Result>(options: BatcherOptions<Job, Result>): Batcher<Job, Result> {
  return new Batcher(options)
}

export class Batcher<Job, Result> {
  readonly #options: BatcherOptions<Job, Result>
  readonly #limits: ResolvedBatching
  readonly #errors: BatchingErrors
  readonly #pace: Pace
  readonly #jobs: JobLedger<Job, Result>
  readonly #admission: Admission<Job, Result>
  readonly #schedule: BatchSchedule
  readonly #runs: RunOptions<Job, Result>
  #state: BatcherState<Job, Result> = open
  #drainers: (() => void)[] = []

  constructor(options: BatcherOptions<Job, Result>) {
    const { strategy, maxRows, maxDelayMs, maxQueuedRows, mode, clock, defer, afterStep, groupOf } = options
    const { execute, mayBeRowFault = () => false, model } = options
    const limits = resolveBatchingOptions({ strategy, maxRows, maxDelayMs, maxQueuedRows })
    const errors = createBatchingErrors(model)
    const pace = new Pace(limits.strategy, mode)
    const ledger = new JobLedger<Job, Result>({
      clock,
      errors,
      pace,
      groupOf,
      maxQueuedRows: limits.maxQueuedRows,
      leavesAtMs: (queuedRows, oldestAtMs) =>
        this.#drainers.length > 0 ? -Infinity : limits.strategy.leavesAtMs(queuedRows, oldestAtMs),
      onDeparture: () => this.#onDeparture(),
    })
    this.#options = options
    this.#limits = limits
    this.#errors = errors
    this.#pace = pace
    this.#jobs = ledger
    const runningBatch = () => (this.#state.kind === 'running' ? this.#state.batch : undefined)
    this.#admission = new Admission({ limits, ledger, pace, errors, runningBatch })
    this.#runs = { clock, defer, execute, mayBeRowFault, ledger, errors, pace }
    const onDue = (nowMs: number): void => this.#start(nowMs)
    this.#schedule = new BatchSchedule({ clock, defer, afterStep, mode, onDue, leavesAtMs: () => ledger.leavesAtMs })
  }

  get queuedRows(): number {
    return this.#jobs.queuedRows
  }

  /** Nothing is queued or running. */
  get isIdle(): boolean {
    return this.#jobs.queuedRows === 0 && this.#state.kind !== 'running'
  }

  /** What runs cost and how large batches are for that; undefined until runs of different sizes were measured. */
  cost(): BatcherCost | undefined {
    return this.#pace.cost
  }

  /** Learns from a run that was not the batcher's, such as one that warmed the model: then the first batch is sized right. */
  recordRun(rowCount: number, runMs: number): void {
    this.#pace.recordRun(rowCount, runMs)
  }

  /**
   * The result of `job`, run in a batch with others. A job is never split: a caller with more than `maxRows` rows
   * submits several.
   * @throws QUEUE_FULL, DEADLINE_EXCEEDED, CLOSED; INPUT_INVALID where rowCount is no integer from 1 to maxRows;
   * `signal.reason` itself when aborted; what `execute` gave for the job or threw for its batch
   */
  submit(job: Job, options: SubmitOptions = noOptions): Promise<Result> {
    const { signal, whenFull = 'refuse' } = options
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (this.#state.kind === 'closed') return Promise.reject(this.#errors.closed())
    const nowMs = this.#options.clock.now()
    const pending = new PendingJob<Job, Result>(job, options, nowMs)
    const refusal = this.#admission.refusalOf(pending, options, 'take')
    if (refusal !== undefined) return rejectSoon(refusal)
    const answer = this.#jobs.add(pending, whenFull)
    this.#arrange(nowMs)
    return answer
  }

  /** Why `job` would be refused if it came now: in overload, asking before a row is read saves what reading costs. */
  refusalOf(job: Job, options: SubmitOptions = noOptions, nowMs = this.#options.clock.now()): MLError | undefined {
    if (this.#state.kind === 'closed') return this.#errors.closed()
    const pending = new PendingJob<Job, Result>(job, options, nowMs)
    return this.#admission.refusalOf(pending, options, 'ask')
  }

  /**
   * One entry a job, in order: its result, or the error that this job alone gets. Jobs wait for room, as many at a time
   * as half of the queue holds.
   * @throws CLOSED; `signal.reason` itself when aborted
   */
  submitMany(jobs: readonly Job[], options: SubmitManyOptions<Job> = noOptions): Promise<(Result | Error)[]> {
    const { rowCountOf, ...shared } = options
    return feedJobs(jobs, {
      submit: (job, rowCount) => this.submit(job, { ...shared, rowCount, whenFull: 'wait' }),
      rowCounts: jobs.map(rowCountOf ?? (() => 1)),
      sliceRows: this.#limits.maxQueuedRows >> 1,
      signal: shared.signal,
      errors: this.#errors,
    })
  }

  /** Waits until nothing is queued or running; meanwhile partial batches leave without waiting for company. */
  drain(): Promise<void> {
    if (this.isIdle) return Promise.resolve()
    const drained = new Promise<void>((resolve) => this.#drainers.push(resolve))
    this.#arrange(this.#options.clock.now())
    return drained
  }

  /** Settles every caller with CLOSED, at once, whatever `execute` still does; a second call does nothing. */
  close(): Promise<void> {
    const state = this.#state
    if (state.kind === 'closed') return Promise.resolve()
    this.#schedule.stop()
    this.#state = { kind: 'closed' }
    const error = this.#errors.closed()
    this.#jobs.refuseWaiting(error)
    if (state.kind === 'running') this.#jobs.fail(state.batch.jobs, error)
    this.#reportDrained()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** At the end of a run the queue is looked at again. */
  #arrange(nowMs: number): void {
    if (this.#state.kind === 'open' && this.#jobs.queuedRows > 0) this.#schedule.arrange(nowMs)
  }

  #start(nowMs: number): void {
    this.#pace.recordStart(nowMs)
    const batch = this.#jobs.takeBatch(nowMs)
    if (batch.jobs.length === 0) return this.#onDeparture()
    // Before the call: what `execute` submits must queue.
    this.#state = { kind: 'running', batch }
    runBatch(batch.jobs, this.#runs, (outcome, when) => this.#onEnd(batch, outcome, when))
  }

  #onEnd(batch: Batch<Job, Result>, outcome: BatchOutcome, when: 'at-once' | 'later'): void {
    // Closed meanwhile: all is settled.
    if (this.#state.kind !== 'running' || this.#state.batch !== batch) return
    const { rowCount, startedAtMs, oldestAtMs } = batch
    const endedAtMs = this.#options.clock.now()
    this.#state = open
    this.#reportDrained()
    this.#options.onOutcome?.(outcome)
    if (outcome.kind === 'answered') this.#pace.recordBatch(batch, endedAtMs)
    this.#pace.recordEnd(endedAtMs, this.#jobs.leavesAtMs)
    // Never the next run in the same turn: what else the event loop has goes first, and the stack stays flat.
    if (when === 'later') this.#schedule.reconsider()
    else if (this.#jobs.queuedRows > 0) this.#schedule.defer()
    this.#options.observe?.(rowCount, startedAtMs - oldestAtMs, endedAtMs - startedAtMs, endedAtMs)
  }

  /** A queued job was aborted or late: without any left, no timer needs to hold the process. */
  #onDeparture(): void {
    if (this.#jobs.queuedRows > 0) return this.#arrange(this.#options.clock.now())
    if (this.#state.kind === 'open') this.#schedule.stop()
    this.#reportDrained()
  }

  #reportDrained(): void {
    if (this.#drainers.length > 0 && this.isIdle) for (const resolve of this.#drainers.splice(0)) resolve()
  }
}
