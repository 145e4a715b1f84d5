// A clock that stands still until a test advances it; timers due fire in order of their time.

import type { Clock } from '../../src/observe/clock.ts'

export type FakeClock = Clock & {
  /** Moves time on, firing what falls due. */
  advance(milliseconds: number): void
  /** Moves time on while this thread is busy: what falls due fires at the next `advance`. */
  block(milliseconds: number): void
  /** When the next timer fires; Infinity without any. */
  readonly nextDueMs: number
  /** Timers set and neither fired nor cleared: a test ends with none. */
  readonly pendingTimers: number
}

export function createFakeClock(startMs = 1000): FakeClock {
  let nowMs = startMs
  let nextId = 1
  const timers = new Map<number, { readonly dueMs: number; readonly callback: () => void }>()
  return {
    now: () => nowMs,
    setTimer(callback, delayMs) {
      const id = nextId++
      timers.set(id, { dueMs: nowMs + delayMs, callback })
      return id
    },
    clearTimer: (timer) => void timers.delete(timer as number),
    advance(milliseconds) {
      const end = nowMs + milliseconds
      for (;;) {
        let due: number | undefined
        for (const [id, { dueMs }] of timers)
          if (dueMs <= end && (due === undefined || dueMs < (timers.get(due)?.dueMs ?? Infinity))) due = id
        if (due === undefined) break
        const timer = timers.get(due)
        timers.delete(due)
        nowMs = Math.max(nowMs, timer?.dueMs ?? nowMs)
        timer?.callback()
      }
      // a callback may have blocked for longer
      nowMs = Math.max(nowMs, end)
    },
    block(milliseconds) {
      nowMs += milliseconds
    },
    get nextDueMs() {
      return Math.min(...[...timers.values()].map(({ dueMs }) => dueMs))
    },
    get pendingTimers() {
      return timers.size
    },
  }
}
