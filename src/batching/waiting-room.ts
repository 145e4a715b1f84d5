// Jobs in, places in a bounded queue out, one line a group; who would rather wait than be refused waits in the lobby.

import { JobQueue } from './job-queue.ts'
import type { JobGroup, PendingJob } from './pending-job.ts'

export type WaitingRoomOptions<Job> = {
  readonly maxQueuedRows: number
  /** Absent where all jobs may share a batch. */
  readonly groupOf: ((job: Job) => JobGroup) | undefined
}

export class WaitingRoom<Job, Result> {
  readonly #maxQueuedRows: number
  readonly #groupOf: ((job: Job) => JobGroup) | undefined
  /** Of jobs without a group. */
  readonly #alike = new JobQueue<Job, Result>()
  readonly #queues = new Map<JobGroup, JobQueue<Job, Result>>()
  readonly #lobby = new JobQueue<Job, Result>()
  #queuedRows = 0

  constructor({ maxQueuedRows, groupOf }: WaitingRoomOptions<Job>) {
    this.#maxQueuedRows = maxQueuedRows
    this.#groupOf = groupOf
  }

  /** Without those in the lobby. */
  get queuedRows(): number {
    return this.#queuedRows
  }

  hasRoomFor(rowCount: number): boolean {
    return this.#queuedRows + rowCount <= this.#maxQueuedRows
  }

  /** Rows of the job's own group that a job which came now would surely wait behind. */
  rowsAhead({ job, priority }: PendingJob<Job, Result>): number {
    return this.#queueOf(job)?.rowsAhead(priority) ?? 0
  }

  enqueue(pending: PendingJob<Job, Result>): void {
    const queue = this.#queueOf(pending.job) ?? this.#addQueue(pending.job)
    queue.push(pending)
    this.#queuedRows += pending.rowCount
  }

  /**
   * Those who would rather wait are many rows of one caller, and get half of the queue: the other half is for callers
   * who are refused where it is full.
   */
  enqueueOrWait(pending: PendingJob<Job, Result>): void {
    if (this.#lobby.rowCount === 0 && this.#hasRoomToSpare(pending.rowCount)) this.enqueue(pending)
    else this.#lobby.push(pending)
  }

  /** Takes a job out of the queue or the lobby. */
  remove(pending: PendingJob<Job, Result>): void {
    const { holder } = pending
    if (holder === undefined) return
    holder.remove(pending)
    if (holder === this.#lobby) return
    this.#queuedRows -= pending.rowCount
    // A group may never come again.
    if (holder.group !== undefined && holder.rowCount === 0) this.#queues.delete(holder.group)
  }

  /** Takes a job out whose caller has left; its place goes to the lobby. */
  leave(pending: PendingJob<Job, Result>, nowMs: number): void {
    const isInLobby = pending.holder === this.#lobby
    this.remove(pending)
    if (!isInLobby) this.admit(nowMs)
  }

  /** Lets jobs of the lobby join the queue after others have left it: one in any case, or those in the lobby could starve. */
  admit(nowMs: number): void {
    let isFirst = true
    for (let pending = this.#lobby.peek(); pending !== undefined; pending = this.#lobby.peek()) {
      const fits = isFirst ? this.hasRoomFor(pending.rowCount) : this.#hasRoomToSpare(pending.rowCount)
      if (!fits) return
      isFirst = false
      this.#lobby.remove(pending)
      pending.enqueuedAtMs = nowMs
      this.enqueue(pending)
    }
  }

  /** The queue whose next job goes first, of those that `isDue`. */
  soonest(isDue: (queue: JobQueue<Job, Result>) => boolean): JobQueue<Job, Result> | undefined {
    if (this.#groupOf === undefined) return this.#alike.rowCount > 0 && isDue(this.#alike) ? this.#alike : undefined
    let soonest: JobQueue<Job, Result> | undefined
    for (const queue of this.#queues.values())
      if (isDue(queue) && (soonest === undefined || queue.rank < soonest.rank)) soonest = queue
    return soonest
  }

  /** The least of what `timeOf` says of each queue with jobs; Infinity without any. */
  earliest(timeOf: (queue: JobQueue<Job, Result>) => number): number {
    if (this.#groupOf === undefined) return this.#alike.rowCount > 0 ? timeOf(this.#alike) : Infinity
    let earliest = Infinity
    for (const queue of this.#queues.values()) earliest = Math.min(earliest, timeOf(queue))
    return earliest
  }

  /** Any job that waits, in the queue or the lobby. */
  peek(): PendingJob<Job, Result> | undefined {
    return this.soonest(() => true)?.peek() ?? this.#lobby.peek()
  }

  #hasRoomToSpare(rowCount: number): boolean {
    return this.#queuedRows === 0 || this.#queuedRows + rowCount <= this.#maxQueuedRows >> 1
  }

  #queueOf(job: Job): JobQueue<Job, Result> | undefined {
    return this.#groupOf === undefined ? this.#alike : this.#queues.get(this.#groupOf(job))
  }

  #addQueue(job: Job): JobQueue<Job, Result> {
    const group = this.#groupOf?.(job)
    const queue = new JobQueue<Job, Result>(group)
    if (group !== undefined) this.#queues.set(group, queue)
    return queue
  }
}
