// Waiting jobs in, the one that goes next out: by priority, first come first served within one, and none starves.

import type { JobGroup, JobHolder, PendingJob, Priority } from './pending-job.ts'

/**
 * A job counts as this much younger than it is. So a high one passes every normal one of the last 100 ms, and a low
 * one waits at most a second longer than if all were high: order without starvation, and no scan for aged jobs.
 */
const handicapMs = { high: 0, normal: 100, low: 1000 } as const satisfies Record<Priority, number>

type Line<Job, Result> = {
  readonly handicapMs: number
  rowCount: number
  first: PendingJob<Job, Result> | undefined
  last: PendingJob<Job, Result> | undefined
}

export class JobQueue<Job, Result> implements JobHolder<Job, Result> {
  readonly group: JobGroup | undefined
  readonly #lines: Readonly<Record<Priority, Line<Job, Result>>> = {
    high: { handicapMs: handicapMs.high, rowCount: 0, first: undefined, last: undefined },
    normal: { handicapMs: handicapMs.normal, rowCount: 0, first: undefined, last: undefined },
    low: { handicapMs: handicapMs.low, rowCount: 0, first: undefined, last: undefined },
  }

  constructor(group?: JobGroup) {
    this.group = group
  }

  /** Rows of all waiting jobs. */
  get rowCount(): number {
    const { high, normal, low } = this.#lines
    return high.rowCount + normal.rowCount + low.rowCount
  }

  /** Rows that a job of `priority` which came now would surely wait behind; aged ones of lower priority may be more. */
  rowsAhead(priority: Priority): number {
    const { high, normal, low } = this.#lines
    if (priority === 'high') return high.rowCount
    return high.rowCount + normal.rowCount + (priority === 'low' ? low.rowCount : 0)
  }

  push(job: PendingJob<Job, Result>): void {
    const line = this.#lines[job.priority]
    job.holder = this
    job.previous = line.last
    if (line.last === undefined) line.first = job
    else line.last.next = job
    line.last = job
    line.rowCount += job.rowCount
  }

  remove(job: PendingJob<Job, Result>): void {
    const line = this.#lines[job.priority]
    if (job.previous === undefined) line.first = job.next
    else job.previous.next = job.next
    if (job.next === undefined) line.last = job.previous
    else job.next.previous = job.previous
    job.holder = undefined
    job.previous = undefined
    job.next = undefined
    line.rowCount -= job.rowCount
  }

  /** The job that goes next; it stays in the queue. */
  peek(): PendingJob<Job, Result> | undefined {
    return this.#soonest().first
  }

  /** Orders queues by the job that goes next: the lower goes first; Infinity for an empty queue. */
  get rank(): number {
    const { first, handicapMs: handicap } = this.#soonest()
    return first === undefined ? Infinity : first.enqueuedAtMs + handicap
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

  #soonest(): Line<Job, Result> {
    const { high, normal, low } = this.#lines
    return sooner(sooner(high, normal), low)
  }
}

function sooner<Job, Result>(a: Line<Job, Result>, b: Line<Job, Result>): Line<Job, Result> {
  if (b.first === undefined) return a
  if (a.first === undefined) return b
  return a.first.enqueuedAtMs + a.handicapMs <= b.first.enqueuedAtMs + b.handicapMs ? a : b
}
