// Losses of a host as they happen in; whether to start another one, how long to rest first, and what health says, out.

import type { BackendHealth } from '../port.ts'

/** A fourth loss within a minute is no accident any more: starting again at once would only take the machine's time. */
const maxLosses = 3
const windowMs = 60_000

/** As long as Kubernetes waits for a container that keeps crashing, which others have found bearable: 10 s to 5 minutes. */
const firstRestMs = 10_000
const longestRestMs = 300_000

export type HostLosses = {
  /** True where there were too many lately, or one alone soon after a rest. */
  record(reason: string, nowMs: number): boolean
  /** A host is made: anew where one was lost before it. */
  countStart(nowMs: number): void
  /** No host is made for so long: twice as long as the last time, unless a host has lived for a while since. */
  rest(): number
  health(): BackendHealth
  /** Forgives: what was too many is none. Health goes on counting. */
  forgive(): void
}

export function createHostLosses(): HostLosses {
  let timesMs: number[] = []
  let restartCount = 0
  let isLost = false
  let lastLoss: string | undefined
  let restMs = 0
  /** When the first host after a rest was made; undefined where it has proved itself, or none has rested. */
  let trialSinceMs: number | undefined
  let isResting = false

  function begin(): void {
    timesMs = []
    restMs = 0
    trialSinceMs = undefined
    isResting = false
  }

  return {
    record(reason, nowMs) {
      isLost = true
      lastLoss = reason
      if (trialSinceMs !== undefined) {
        if (nowMs - trialSinceMs < Math.max(windowMs, restMs)) return true
        begin()
      }
      timesMs = [...timesMs.filter((timeMs) => nowMs - timeMs < windowMs), nowMs]
      return timesMs.length > maxLosses
    },
    countStart(nowMs) {
      if (isLost) restartCount++
      isLost = false
      if (isResting) trialSinceMs = nowMs
      isResting = false
    },
    rest() {
      restMs = restMs === 0 ? firstRestMs : Math.min(2 * restMs, longestRestMs)
      isResting = true
      return restMs
    },
    health: () => (lastLoss === undefined ? { restartCount } : { restartCount, lastLoss }),
    forgive: begin,
  }
}
