// Jobs of concurrent callers in, one call of `execute` a batch, and to each caller its own job's answer out.

import type { Timer } from '../observe/clock.ts'
import type { BatcherOptions, SubmitOptions } from './batcher-options.ts'
import { type BatchingErrors, createBatchingErrors } from './batching-errors.ts'
import { resolveBatchingOptions } from './batching-options.ts'
import { longestTimerMs } from './deadline-watch.ts'
import { type Batch, JobLedger } from './job-ledger.ts'
import { runBatch } from './run-batch.ts'
import { RunTimeEstimate } from './run-time-estimate.ts'
import type { BatchStrategy } from './strategy.ts'

/** Rows may be queued in each state but `closed`. */
type BatcherState<Job, Result> =
  | { readonly kind: 'idle' }
  /** The batch leaves when `timer` fires. */
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly timer: Timer }
  /** The batch leaves when this turn ends. */
  | { readonly kind: 'deferred' }
  | { readonly kind: 'running'; readonly batch: Batch<Job, Result> }
  | { readonly kind: 'closed' }

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
  readonly #strategy: BatchStrategy
  readonly #errors: BatchingErrors
  readonly #jobs: JobLedger<Job, Result>
  readonly #runTime = new RunTimeEstimate()
  #state: BatcherState<Job, Result> = { kind: 'idle' }
  #hasDeferred = false
  #drainers: (() => void)[] = []

  constructor(options: BatcherOptions<Job, Result>) {
    const { strategy, maxQueuedRows } = resolveBatchingOptions(options)
    this.#options = options
    this.#strategy = strategy
    this.#errors = createBatchingErrors(options.model)
    this.#jobs = new JobLedger({
      clock: options.clock,
      errors: this.#errors,
      runTime: this.#runTime,
      maxRows: strategy.maxRows,
      maxQueuedRows,
      onDeparture: () => this.#onDeparture(),
    })
  }

  /** Most rows of one job, since none is split. */
  get maxRows(): number {
    return this.#strategy.maxRows
  }

  get queuedRows(): number {
    return this.#jobs.queuedRows
  }

  /**
   * The result of `job`, run in a batch with others. A job is never split: a caller with more than `maxRows` rows
   * submits several.
   * @throws QUEUE_FULL, DEADLINE_EXCEEDED, CLOSED; INPUT_INVALID where rowCount is no integer from 1 to maxRows;
   * `signal.reason` itself when aborted; what `execute` gave for the job or threw for its batch
   */
  submit(job: Job, options: SubmitOptions = noOptions): Promise<Result> {
    const { rowCount = 1, priority = 'normal', signal, deadlineAtMs = Infinity } = options
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (this.#state.kind === 'closed') return Promise.reject(this.#errors.closed())
    const nowMs = this.#options.clock.now()
    const given = { job, rowCount, priority, signal, deadlineAtMs }
    const refusal = this.#jobs.refusalOf(given, nowMs)
    if (refusal !== undefined) return Promise.reject(refusal)
    const answer = this.#jobs.add(given, nowMs)
    this.#arrange(nowMs)
    return answer
  }

  /** Waits until nothing is queued or running; meanwhile partial batches leave without waiting for company. */
  drain(): Promise<void> {
    if (this.#isDone()) return Promise.resolve()
    const drained = new Promise<void>((resolve) => this.#drainers.push(resolve))
    this.#arrange(this.#options.clock.now())
    return drained
  }

  /** Settles every caller with CLOSED, at once, whatever `execute` still does; a second call does nothing. */
  close(): Promise<void> {
    const state = this.#state
    if (state.kind === 'closed') return Promise.resolve()
    this.#stopWaiting()
    this.#state = { kind: 'closed' }
    const error = this.#errors.closed()
    this.#jobs.refuseQueued(error)
    if (state.kind === 'running') this.#jobs.fail(state.batch, error)
    this.#reportDrained()
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #leavesAtMs(): number {
    if (this.#drainers.length > 0) return -Infinity
    return this.#strategy.leavesAtMs(this.#jobs.queuedRows, this.#jobs.oldestAtMs)
  }

  /** Sees to it that the queued rows leave when the strategy says so. */
  #arrange(nowMs: number): void {
    const state = this.#state
    // At the end of a turn or of a run the queue is looked at again.
    if (state.kind === 'deferred' || state.kind === 'running' || state.kind === 'closed') return
    if (this.#jobs.queuedRows === 0) return
    const untilMs = this.#leavesAtMs()
    if (state.kind === 'waiting' && state.untilMs === untilMs) return
    this.#stopWaiting()
    if (untilMs > nowMs) this.#wait(untilMs, nowMs)
    else if (this.#options.mode === 'sync') this.#defer()
    else this.#start(nowMs)
  }

  #wait(untilMs: number, nowMs: number): void {
    const timer = this.#options.clock.setTimer(this.#onTimer, Math.min(untilMs - nowMs, longestTimerMs))
    this.#state = { kind: 'waiting', untilMs, timer }
  }

  #stopWaiting(): void {
    if (this.#state.kind !== 'waiting') return
    this.#options.clock.clearTimer(this.#state.timer)
    this.#state = { kind: 'idle' }
  }

  #defer(): void {
    this.#state = { kind: 'deferred' }
    if (this.#hasDeferred) return
    this.#hasDeferred = true
    this.#options.defer(this.#onTurnEnd)
  }

  readonly #onTurnEnd = (): void => {
    this.#hasDeferred = false
    if (this.#state.kind === 'deferred') this.#reconsider()
  }

  readonly #onTimer = (): void => {
    if (this.#state.kind === 'waiting') this.#reconsider()
  }

  /** Starts the next batch if it is due now: a timer may be early by a fraction, and rows may have left since it was set. */
  #reconsider(): void {
    this.#state = { kind: 'idle' }
    if (this.#jobs.queuedRows === 0) return
    const nowMs = this.#options.clock.now()
    const untilMs = this.#leavesAtMs()
    if (untilMs > nowMs) this.#wait(untilMs, nowMs)
    else this.#start(nowMs)
  }

  #start(nowMs: number): void {
    const batch = this.#jobs.takeBatch(nowMs)
    if (batch.jobs.length === 0) return this.#reportDrained()
    // Before the call: what `execute` submits must queue.
    this.#state = { kind: 'running', batch }
    runBatch(batch, { ledger: this.#jobs, execute: this.#options.execute }, (when) => this.#onEnd(batch, when))
  }

  #onEnd(batch: Batch<Job, Result>, when: 'at-once' | 'later'): void {
    // Closed meanwhile: all is settled.
    if (this.#state.kind !== 'running' || this.#state.batch !== batch) return
    const { rowCount, startedAtMs, oldestAtMs } = batch
    const runMs = this.#options.clock.now() - startedAtMs
    this.#runTime.record(rowCount, runMs)
    this.#state = { kind: 'idle' }
    this.#reportDrained()
    // Never the next run in the same turn: what else the event loop has goes first, and the stack stays flat.
    if (when === 'later') this.#reconsider()
    else if (this.#jobs.queuedRows > 0) this.#defer()
    this.#options.observe?.(rowCount, startedAtMs - oldestAtMs, runMs)
  }

  /** A queued job was aborted or late: without any left, no timer needs to hold the process. */
  #onDeparture(): void {
    if (this.#jobs.queuedRows > 0) return
    this.#stopWaiting()
    this.#reportDrained()
  }

  #isDone(): boolean {
    return this.#jobs.queuedRows === 0 && this.#state.kind !== 'running'
  }

  #reportDrained(): void {
    if (this.#drainers.length === 0 || !this.#isDone()) return
    const drainers = this.#drainers
    this.#drainers = []
    for (const resolve of drainers) resolve()
  }
}
