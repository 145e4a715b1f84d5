// Losses of a host as they happen in; whether to start another one, and what health says of them, out.

import type { BackendHealth } from '../port.ts'

/** A fourth loss within a minute is no accident any more: starting again would only take the machine's time. */
const maxLosses = 3
const windowMs = 60_000

export type HostLosses = {
  /** True where there were too many lately. */
  record(reason: string, nowMs: number): boolean
  /** A host is made: anew where one was lost before it. */
  countStart(): void
  health(): BackendHealth
  /** Forgives: what was too many is none. Health goes on counting. */
  forgive(): void
}

export function createHostLosses(): HostLosses {
  let timesMs: number[] = []
  let restartCount = 0
  let isLost = false
  let lastLoss: string | undefined
  return {
    record(reason, nowMs) {
      isLost = true
      lastLoss = reason
      timesMs = [...timesMs.filter((timeMs) => nowMs - timeMs < windowMs), nowMs]
      return timesMs.length > maxLosses
    },
    countStart() {
      if (isLost) restartCount++
      isLost = false
    },
    health: () => (lastLoss === undefined ? { restartCount } : { restartCount, lastLoss }),
    forgive() {
      timesMs = []
    },
  }
}
