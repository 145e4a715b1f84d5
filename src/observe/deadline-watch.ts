// Jobs with deadlines in, a call for each that is late out: one timer for all, armed for the earliest.

import type { Clock, Timer } from './clock.ts'

/** Longest delay that setTimeout takes; a longer one would fire at once. The timer looks again when it fires. */
export const longestTimerMs = 2 ** 31 - 1

export class DeadlineWatch<Job extends { readonly deadlineAtMs: number }> {
  readonly #clock: Clock
  readonly #onLate: (job: Job) => void
  readonly #jobs = new Set<Job>()
  #armed: { readonly forMs: number; readonly timer: Timer } | undefined

  constructor(clock: Clock, onLate: (job: Job) => void) {
    this.#clock = clock
    this.#onLate = onLate
  }

  add(job: Job, nowMs: number): void {
    this.#jobs.add(job)
    if (this.#armed === undefined || job.deadlineAtMs < this.#armed.forMs) this.#arm(job.deadlineAtMs, nowMs)
  }

  /** The timer stays armed for the others; only the last job takes it along. */
  delete(job: Job): void {
    if (this.#jobs.delete(job) && this.#jobs.size === 0) this.#disarm()
  }

  #arm(forMs: number, nowMs: number): void {
    this.#disarm()
    const delayMs = Math.min(forMs - nowMs, longestTimerMs)
    this.#armed = { forMs, timer: this.#clock.setTimer(() => this.#onTimer(), delayMs) }
  }

  #disarm(): void {
    if (this.#armed !== undefined) this.#clock.clearTimer(this.#armed.timer)
    this.#armed = undefined
  }

  /** A timer may fire early by a fraction, or for a job that has left: late is what the clock says. */
  #onTimer(): void {
    this.#armed = undefined
    const nowMs = this.#clock.now()
    const late: Job[] = []
    let earliestMs = Infinity
    for (const job of this.#jobs) {
      if (job.deadlineAtMs <= nowMs) late.push(job)
      else if (job.deadlineAtMs < earliestMs) earliestMs = job.deadlineAtMs
    }
    for (const job of late) this.#jobs.delete(job)
    if (earliestMs < Infinity) this.#arm(earliestMs, nowMs)
    for (const job of late) this.#onLate(job)
  }
}
