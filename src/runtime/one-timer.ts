// A clock in; the same for somebody who sets one timer at a time, with a way to clear that one from elsewhere, out.

import type { Clock, Timer } from '../observe/clock.ts'

export type OneTimer = Clock & { stop(): void }

export function createOneTimer(clock: Clock): OneTimer {
  let latest: Timer
  return {
    now: () => clock.now(),
    setTimer: (callback, delayMs) => (latest = clock.setTimer(callback, delayMs)),
    clearTimer: (timer) => clock.clearTimer(timer),
    stop: () => clock.clearTimer(latest),
  }
}
