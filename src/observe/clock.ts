// Monotonic milliseconds and timers, injected wherever time matters so that tests own it.

/** What `setTimer` gives and `clearTimer` takes; opaque. */
export type Timer = unknown

export type Clock = {
  /** Milliseconds with fractions since some fixed moment; never jumps, and is not the time of day. */
  now(): number
  setTimer(callback: () => void, delayMs: number): Timer
  /** Clearing a timer that has fired, or was cleared before, does nothing. */
  clearTimer(timer: Timer): void
}

/** The clock of the realm: works in Node, browsers and edge workers alike. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
}
