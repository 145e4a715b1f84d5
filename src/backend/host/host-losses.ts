// Losses of a host as they happen in; whether to start another one, how long to rest first, and what health says, out.

import type { BackendHealth } from '../port.ts'
import type { HostLoss } from './host-conversation.ts'

/** A fourth loss within a minute is no accident any more: starting again at once would only take the machine's time. */
const maxLosses = 3
const windowMs = 60_000

/** One start may die of a starved machine; two in a row die of themselves. */
const maxStartLosses = 1

/** As long as Kubernetes waits for a container that keeps crashing, which others have found bearable: 10 s to 5 minutes. */
const firstRestMs = 10_000
const longestRestMs = 300_000

export type LostHost = {
  readonly loss: HostLoss
  /** It was not open yet. */
  readonly wasStarting: boolean
}

export type HostLosses = {
  /** What speaks against another host at once: too many losses lately, or one soon after a rest; undefined where nothing does. */
  record(lost: LostHost, nowMs: number): string | undefined
  /** A host is made: anew where one was lost before it. */
  countStart(nowMs: number): void
  /** A host has opened, or said that it cannot: it does not die of its start. */
  countAnswer(): void
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
  let startLossCount = 0
  let restMs = 0
  /** When the first host after a rest was made; undefined where it has proved itself, or none has rested. */
  let trialSinceMs: number | undefined
  let isResting = false

  function begin(): void {
    timesMs = []
    startLossCount = 0
    restMs = 0
    trialSinceMs = undefined
    isResting = false
  }

  function isTooMany(nowMs: number): boolean {
    if (trialSinceMs !== undefined) {
      if (nowMs - trialSinceMs < Math.max(windowMs, restMs)) return true
      begin()
    }
    timesMs = [...timesMs.filter((timeMs) => nowMs - timeMs < windowMs), nowMs]
    return timesMs.length > maxLosses
  }

  return {
    record({ loss: { cause, reason }, wasStarting }, nowMs) {
      isLost = true
      lastLoss = reason
      if (wasStarting) startLossCount++
      if (isTooMany(nowMs)) return 'was lost too often within a minute'
      const startsInVain = wasStarting && (startLossCount > maxStartLosses || cause === 'overdue')
      return startsInVain ? 'did not start' : undefined
    },
    countStart(nowMs) {
      if (isLost) restartCount++
      isLost = false
      if (isResting) trialSinceMs = nowMs
      isResting = false
    },
    countAnswer() {
      startLossCount = 0
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
