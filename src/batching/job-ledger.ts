// Submitted jobs in, batches of them out: owns their places, deadlines and abort signals, and settles each exactly once.

import type { Clock } from '../observe/clock.ts'
import { AbortWatch } from '../observe/abort-watch.ts'
import type { BatchingErrors } from './batching-errors.ts'
import { DeadlineWatch } from '../observe/deadline-watch.ts'
import type { JobQueue } from './job-queue.ts'
import type { Pace } from './pace.ts'
import type { PendingJob } from './pending-job.ts'
import { WaitingRoom, type WaitingRoomOptions } from './waiting-room.ts'

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

export type JobLedgerOptions<Job> = WaitingRoomOptions<Job> & {
  readonly clock: Clock
  readonly errors: BatchingErrors
  readonly pace: Pace
  /** When the rows of a queue should leave: the strategy's answer. */
  readonly leavesAtMs: (queuedRows: number, oldestAtMs: number) => number
  /** Hears of each job that was aborted or late before it ran. */
  readonly onDeparture: () => void
}

export class JobLedger<Job, Result> {
  readonly #options: JobLedgerOptions<Job>
  readonly #room: WaitingRoom<Job, Result>
  readonly #deadlines: DeadlineWatch<PendingJob<Job, Result>>
  readonly #signals: AbortWatch<PendingJob<Job, Result>>

  constructor(options: JobLedgerOptions<Job>) {
    const { clock, errors } = options
    this.#options = options
    this.#room = new WaitingRoom(options)
    this.#deadlines = new DeadlineWatch(clock, (pending) => this.#depart(pending, errors.late(pending, clock.now())))
    this.#signals = new AbortWatch((pending, reason) => this.#depart(pending, reason))
  }

  get queuedRows(): number {
    return this.#room.queuedRows
  }

  /** Clock time at which the next batch should leave; Infinity where nothing waits. */
  get leavesAtMs(): number {
    return this.#room.earliest(this.#leavesAtMsOf)
  }

  hasRoomFor(rowCount: number): boolean {
    return this.#room.hasRoomFor(rowCount)
  }

  rowsAhead(pending: PendingJob<Job, Result>): number {
    return this.#room.rowsAhead(pending)
  }

  /** `whenFull`: whether the job may wait for room in the queue; where it may not, there must be room. */
  add(pending: PendingJob<Job, Result>, whenFull: 'refuse' | 'wait'): Promise<Result> {
    const answer = new Promise<Result>((resolve, reject) => {
      pending.resolve = resolve
      pending.reject = reject
    })
    this.#signals.add(pending)
    if (pending.deadlineAtMs < Infinity) this.#deadlines.add(pending, pending.enqueuedAtMs)
    if (whenFull === 'wait') this.#room.enqueueOrWait(pending)
    else this.#room.enqueue(pending)
    return answer
  }

  /** What goes next of the jobs that are due; late ones are settled instead, and it is empty only where none is left. */
  takeBatch(nowMs: number): Batch<Job, Result> {
    for (;;) {
      const queue = this.#room.soonest((each) => this.#leavesAtMsOf(each) <= nowMs)
      if (queue === undefined) return { jobs: [], rowCount: 0, oldestAtMs: nowMs, startedAtMs: nowMs }
      const batch = this.#takeFrom(queue, nowMs)
      this.#room.admit(nowMs)
      if (batch.jobs.length > 0) return batch
    }
  }

  /** Gives each job its own result; what came too late for one, it does not get. */
  answer(jobs: readonly PendingJob<Job, Result>[], results: BatchResults<Result>): void {
    const nowMs = this.#options.clock.now()
    for (let i = 0; i < jobs.length; i++) {
      const pending = jobs[i]
      const result: Result | Error = results[i]
      if (pending.deadlineAtMs <= nowMs) this.#reject(pending, this.#options.errors.late(pending, nowMs))
      else if (result instanceof Error) this.#reject(pending, result)
      else if (this.#release(pending)) pending.resolve(result)
    }
  }

  /** Settles each of `jobs` that is not settled with `error`. */
  fail(jobs: readonly PendingJob<Job, Result>[], error: unknown): void {
    for (const pending of jobs) this.#reject(pending, error)
  }

  /** Those of `jobs` whose callers still wait; late ones are settled. */
  stillWanted(jobs: readonly PendingJob<Job, Result>[], nowMs: number): PendingJob<Job, Result>[] {
    for (const pending of jobs) if (pending.uselessAtMs <= nowMs) this.#rejectLate(pending, nowMs)
    return jobs.filter(({ stage }) => stage !== 'settled')
  }

  /** Settles every job that waits with `error`. */
  refuseWaiting(error: unknown): void {
    for (let pending = this.#room.peek(); pending !== undefined; pending = this.#room.peek()) {
      this.#room.remove(pending)
      this.#reject(pending, error)
    }
  }

  /** At most as many rows as the sizes say, or one job. */
  #takeFrom(queue: JobQueue<Job, Result>, nowMs: number): Batch<Job, Result> {
    const { pace } = this.#options
    const limit = pace.nextRows(queue.rowCount)
    // Where more wait than fit, a place is for a job that can have its answer in time: others would waste it.
    const usefulUntilMs = queue.rowCount > limit ? nowMs + pace.caution * pace.runMs(limit) : nowMs
    const jobs: PendingJob<Job, Result>[] = []
    let rowCount = 0
    let oldestAtMs = nowMs
    for (let pending = queue.peek(); pending !== undefined; pending = queue.peek()) {
      const isLate = pending.uselessAtMs <= (jobs.length === 0 ? nowMs : usefulUntilMs)
      // Of jobs that share a signal the first to hear of its abort may be what starts this batch.
      const isAborted = pending.signal?.aborted === true
      const isGone = isLate || isAborted
      // What goes next and does not fit waits for the next batch: passing it would let small jobs starve it.
      if (!isGone && jobs.length > 0 && rowCount + pending.rowCount > limit) break
      this.#room.remove(pending)
      if (isGone) {
        this.#reject(pending, isAborted ? pending.signal?.reason : this.#options.errors.late(pending, nowMs))
        continue
      }
      pending.stage = 'running'
      rowCount += pending.rowCount
      if (pending.enqueuedAtMs < oldestAtMs) oldestAtMs = pending.enqueuedAtMs
      jobs.push(pending)
    }
    return { jobs, rowCount, oldestAtMs, startedAtMs: nowMs }
  }

  readonly #leavesAtMsOf = ({ rowCount, oldestAtMs }: JobQueue<Job, Result>): number =>
    this.#options.leavesAtMs(rowCount, oldestAtMs)

  #depart(pending: PendingJob<Job, Result>, reason: unknown): void {
    const hasWaited = pending.stage === 'queued'
    if (hasWaited) this.#room.leave(pending, this.#options.clock.now())
    this.#reject(pending, reason)
    if (hasWaited) this.#options.onDeparture()
  }

  #rejectLate(pending: PendingJob<Job, Result>, nowMs: number): void {
    if (pending.stage !== 'settled') this.#reject(pending, this.#options.errors.late(pending, nowMs))
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
