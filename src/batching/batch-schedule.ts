// The time at which waiting rows should leave in, a call when it has come out: when this turn or its current step ends, or by one timer.

import type { Clock, Timer } from '../observe/clock.ts'
import { longestTimerMs } from '../observe/deadline-watch.ts'

export type BatchScheduleOptions = {
  readonly clock: Clock
  readonly defer: (callback: () => void) => void
  /** Calls back once what runs now has returned. @default queueMicrotask */
  readonly afterStep?: (callback: () => void) => void
  readonly mode: 'sync' | 'async'
  /** When the next batch should leave; the past means at once, Infinity that nothing waits. */
  readonly leavesAtMs: () => number
  /** The batch is due; nothing is scheduled any more. */
  readonly onDue: (nowMs: number) => void
}

type ScheduleState =
  | { readonly kind: 'idle' }
  /** The batch leaves when `timer` fires. */
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly timer: Timer }
  /** The batch leaves when this turn, or its current step, ends. */
  | { readonly kind: 'deferred' }

const idle: ScheduleState = { kind: 'idle' }
const deferred: ScheduleState = { kind: 'deferred' }

/** Never to be asked while a batch runs. */
export class BatchSchedule {
  readonly #options: BatchScheduleOptions
  #state: ScheduleState = idle
  #hasDeferred = false
  #isGathering = false

  constructor(options: BatchScheduleOptions) {
    this.#options = options
  }

  /** Sees to it that the waiting rows leave when they should: in this thread never before this turn has ended. */
  arrange(nowMs: number): void {
    const state = this.#state
    // At the end of the turn the queue is looked at again.
    if (state.kind === 'deferred') return
    const untilMs = this.#options.leavesAtMs()
    // Rows that left make it later: then the timer looks again.
    if (state.kind === 'waiting' && state.untilMs <= untilMs) return
    this.stop()
    if (untilMs > nowMs) this.#wait(untilMs, nowMs)
    else if (this.#options.mode === 'sync') this.defer()
    else this.#gather()
  }

  /** Rows that a caller submits one after the other leave together: without this the first of them would go alone. */
  #gather(): void {
    this.#state = deferred
    if (this.#isGathering) return
    this.#isGathering = true
    const { afterStep = queueMicrotask } = this.#options
    afterStep(this.#onGathered)
  }

  /** Looks at the waiting rows again when this turn ends. */
  defer(): void {
    this.#state = deferred
    if (this.#hasDeferred) return
    this.#hasDeferred = true
    this.#options.defer(this.#onTurnEnd)
  }

  /** Starts the next batch if it is due now: a timer may be early by a fraction, and rows may have left since it was set. */
  reconsider(): void {
    this.#state = idle
    const nowMs = this.#options.clock.now()
    const untilMs = this.#options.leavesAtMs()
    if (untilMs > nowMs) this.#wait(untilMs, nowMs)
    else this.#options.onDue(nowMs)
  }

  /** Lets no timer hold the process. */
  stop(): void {
    if (this.#state.kind === 'waiting') this.#options.clock.clearTimer(this.#state.timer)
    this.#state = idle
  }

  #wait(untilMs: number, nowMs: number): void {
    if (untilMs === Infinity) return
    const timer = this.#options.clock.setTimer(this.#onTimer, Math.min(untilMs - nowMs, longestTimerMs))
    this.#state = { kind: 'waiting', untilMs, timer }
  }

  readonly #onTurnEnd = (): void => {
    this.#hasDeferred = false
    if (this.#state.kind === 'deferred') this.reconsider()
  }

  readonly #onGathered = (): void => {
    this.#isGathering = false
    if (this.#state.kind === 'deferred') this.reconsider()
  }

  readonly #onTimer = (): void => {
    if (this.#state.kind === 'waiting') this.reconsider()
  }
}
