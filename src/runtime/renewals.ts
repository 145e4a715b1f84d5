// Stale answers in; one run in the background for each, which no caller waits for and whose failure none feels, out.

import { type Caller, createSingleFlight, type Load } from '../cache/single-flight.ts'
import { createError, isMLError } from '../errors.ts'
import type { Publish } from '../observe/channels.ts'
import type { Clock, Timer } from '../observe/clock.ts'
import type { Prediction } from '../rows/prediction.ts'

/** Runs under way at once: a quarter of a full batch, so that a cache that goes stale at once leaves room to callers. */
const maxUnderWay = 256

export type Renewals = {
  /**
   * Starts `load` once this turn's answers have been given; false where one is under way for `key`, too many are, or
   * after close. A failure is published, unless the run before it failed in the same words.
   */
  start(key: string, load: Load<Prediction>): boolean
  /** The answer of the run under way for `key`, for a caller who found nothing at all; undefined where there is none. */
  join(key: string, caller: Caller): Promise<Prediction> | undefined
  /** Runs under way. */
  readonly size: number
  /** Aborts what is under way, and waits for the end of it; a second call does nothing. */
  close(): Promise<void>
}

export function createRenewals({ clock, publish }: { clock: Clock; publish: Publish }): Renewals {
  const flights = createSingleFlight<Prediction>(clock)
  const closing = new AbortController()
  const underWay = new Set<Promise<void>>()
  let turnEnd: Promise<void> | undefined
  let timer: Timer
  /** What the latest run ended with, in words. */
  let latestFailure: string | undefined

  function endOfTurn(): Promise<void> {
    turnEnd ??= new Promise((resolve) => {
      timer = clock.setTimer(() => {
        turnEnd = undefined
        resolve()
      }, 0)
    })
    return turnEnd
  }

  async function fly(key: string, load: Load<Prediction>): Promise<void> {
    const loadLater: Load<Prediction> = async (signal, wanted) => {
      await endOfTurn()
      if (signal?.aborted === true) throw signal.reason
      return load(signal, wanted)
    }
    try {
      await flights.run(key, loadLater, { signal: closing.signal })
      latestFailure = undefined
    } catch (error) {
      // the model was unloaded, or all of this closed: nobody will ask for that answer again
      if (isMLError(error) && error.code === 'CLOSED') return
      const failure = String(error)
      if (failure !== latestFailure) publish('cacheFault', { operation: 'revalidate', error })
      latestFailure = failure
    }
  }

  return {
    start(key, load) {
      if (closing.signal.aborted || underWay.size >= maxUnderWay || flights.isFlying(key)) return false
      const flight = fly(key, load)
      underWay.add(flight)
      void flight.then(() => underWay.delete(flight))
      return true
    },
    join: (key, caller) => (flights.isFlying(key) ? flights.run(key, neverLoads, caller) : undefined),
    get size() {
      return underWay.size
    },
    async close() {
      closing.abort(createError('CLOSED', 'the cache is closed'))
      clock.clearTimer(timer)
      await Promise.all(underWay)
    },
  }
}

function neverLoads(): Promise<Prediction> {
  throw new Error('joined a flight that had landed')
}
