// Waiting jobs in, the one that goes next out: by priority, first come first served within one, and none starves.

import type { PendingJob, Priority } from './pending-job.ts'

/**
 * A job counts as this much younger than it is. So a high one passes every normal one of the last 100 ms, and a low
 * one waits at most a second longer than if all were high: order without starvation, and no scan for aged jobs.
 */
const handicapMs = { high: 0, normal: 100, low: 1000 } as const satisfies Record<Priority, number>

type Line<Job, Result> = {
  readonly handicapMs: number
  first: PendingJob<Job, Result> | undefined
  last: PendingJob<Job, Result> | undefined
}

export class JobQueue<Job, Result> {
  #rowCount = 0
  readonly #lines: Readonly<Record<Priority, Line<Job, Result>>> = {
    high: { handicapMs: handicapMs.high, first: undefined, last: undefined },
    normal: { handicapMs: handicapMs.normal, first: undefined, last: undefined },
    low: { handicapMs: handicapMs.low, first: undefined, last: undefined },
  }

  /** Rows of all waiting jobs. */
  get rowCount(): number {
    return this.#rowCount
  }

  push(job: PendingJob<Job, Result>): void {
    const line = this.#lines[job.priority]
    job.previous = line.last
    if (line.last === undefined) line.first = job
    else line.last.next = job
    line.last = job
    this.#rowCount += job.rowCount
  }

  /** Takes a waiting job out, wherever it stands. */
  remove(job: PendingJob<Job, Result>): void {
    const line = this.#lines[job.priority]
    if (job.previous === undefined) line.first = job.next
    else job.previous.next = job.next
    if (job.next === undefined) line.last = job.previous
    else job.next.previous = job.previous
    job.previous = undefined
    job.next = undefined
    this.#rowCount -= job.rowCount
  }

  /** The job that goes next; it stays in the queue. */
  peek(): PendingJob<Job, Result> | undefined {
    const { high, normal, low } = this.#lines
    return this.#sooner(this.#sooner(high, normal), low).first
  }

  /** When the longest waiting job came; Infinity for an empty queue. */
  get oldestAtMs(): number {
    const { high, normal, low } = this.#lines
    return Math.min(
      high.first?.enqueuedAtMs ?? Infinity,
      normal.first?.enqueuedAtMs ?? Infinity,
      low.first?.enqueuedAtMs ?? Infinity,
    )
  }

  #sooner(a: Line<Job, Result>, b: Line<Job, Result>): Line<Job, Result> {
    if (b.first === undefined) return a
    if (a.first === undefined) return b
    return a.first.enqueuedAtMs + a.handicapMs <= b.first.enqueuedAtMs + b.handicapMs ? a : b
  }
}
