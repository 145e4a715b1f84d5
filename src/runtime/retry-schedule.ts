// Failures of a load in; whether the next try is due, with a wait that doubles up to a minute, out.

import type { Clock } from '../observe/clock.ts'

/** A broken artifact is mended by a person: more tries than one a minute only fill the log. */
const longestWaitMs = 60_000

export class RetrySchedule {
  readonly #clock: Clock
  readonly #firstWaitMs: number
  #waitMs: number
  #dueAt = -Infinity

  constructor(clock: Clock, firstWaitMs: number) {
    this.#clock = clock
    this.#firstWaitMs = firstWaitMs
    this.#waitMs = firstWaitMs
  }

  isDue(): boolean {
    return this.#clock.now() >= this.#dueAt
  }

  failed(): void {
    this.#dueAt = this.#clock.now() + this.#waitMs
    this.#waitMs = Math.min(2 * this.#waitMs, longestWaitMs)
  }

  succeeded(): void {
    this.#waitMs = this.#firstWaitMs
    this.#dueAt = -Infinity
  }
}
