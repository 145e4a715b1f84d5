// Equal keys asked for at once in; one run of the loader, whose result every caller gets, out.

import { AbortWatch } from '../observe/abort-watch.ts'
import type { Clock } from '../observe/clock.ts'
import { DeadlineWatch } from '../observe/deadline-watch.ts'
import { Stop, type StopSignal } from '../observe/stop-signal.ts'

/**
 * Loads what a key stands for. `signal` aborts once every caller has left; it is undefined where the first caller
 * cannot leave.
 */
export type Load<Result> = (signal: StopSignal | undefined, wanted: Wanted) => Promise<Result>

/** How long any caller of a flight so far wants its answer; it moves on as others join. */
export type Wanted = { readonly untilMs: number }

/** How long one of those who ask waits; neither ends the flight for the others. */
export type Caller = {
  readonly signal?: StopSignal
  readonly deadline?: Deadline
  /** When its signal will have ended it, where that is known. @default the deadline */
  readonly untilMs?: number
}

export type Deadline = {
  /** Time of the clock. */
  readonly atMs: number
  /** What the caller is told then. */
  readonly error: () => Error
}

export type SingleFlight<Result> = {
  /**
   * Joins the flight of `key`, or starts one. A failed flight fails those who wait for it and is forgotten.
   * @throws signal.reason untouched, or the deadline's error, for this caller only; what `load` throws
   */
  run(key: string, load: Load<Result>, caller?: Caller): Promise<Result>
  /** True where `run` would join a flight instead of starting one. */
  isFlying(key: string): boolean
  /** Flights under way. */
  readonly size: number
}

type Flight<Result> = {
  readonly key: string
  readonly result: Promise<Result>
  readonly stop: Stop | undefined
  readonly wanted: { untilMs: number }
  callerCount: number
}

type Waiting<Result> = {
  readonly signal: StopSignal | undefined
  readonly deadlineAtMs: number
  readonly deadline: Deadline | undefined
  readonly flight: Flight<Result>
  readonly reject: (reason: unknown) => void
}

const patient: Caller = {}

export function createSingleFlight<Result>(clock: Clock): SingleFlight<Result> {
  const flights = new Map<string, Flight<Result>>()
  const signals = new AbortWatch<Waiting<Result>>(depart)
  const deadlines = new DeadlineWatch<Waiting<Result>>(clock, (waiting) => depart(waiting, waiting.deadline?.error()))

  function start(key: string, load: Load<Result>, first: { canLeave: boolean; untilMs: number }): Flight<Result> {
    const stop = first.canLeave ? new Stop() : undefined
    const wanted = { untilMs: first.untilMs }
    // Starts the load before anyone can ask again, and turns a synchronous throw into a rejection.
    const result = (async () => load(stop, wanted))()
    const flight: Flight<Result> = { key, result, stop, wanted, callerCount: 0 }
    flights.set(key, flight)
    const release = (): void => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    // Also keeps a failure that nobody waits for any more from being an unhandled rejection.
    void result.then(release, release)
    return flight
  }

  function depart(waiting: Waiting<Result>, reason: unknown): void {
    release(waiting)
    waiting.reject(reason)
    const { flight } = waiting
    flight.callerCount--
    if (flight.callerCount > 0 || flight.stop === undefined) return
    // A caller who comes now must not join a flight that is being aborted.
    if (flights.get(flight.key) === flight) flights.delete(flight.key)
    flight.stop.abort(reason)
  }

  function release(waiting: Waiting<Result>): void {
    signals.delete(waiting)
    if (waiting.deadline !== undefined) deadlines.delete(waiting)
  }

  return {
    run(key, load, { signal, deadline, untilMs = deadline?.atMs ?? Infinity } = patient) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error)
      const isPatient = signal === undefined && deadline === undefined
      const flight = flights.get(key) ?? start(key, load, { canLeave: !isPatient, untilMs })
      flight.callerCount++
      if (untilMs > flight.wanted.untilMs) flight.wanted.untilMs = untilMs
      if (isPatient) return flight.result
      return new Promise((resolve, reject) => {
        const waiting = { signal, deadline, deadlineAtMs: deadline?.atMs ?? Infinity, flight, reject }
        signals.add(waiting)
        if (deadline !== undefined) deadlines.add(waiting, clock.now())
        void flight.result.then(
          (result) => {
            release(waiting)
            // where a run has blocked this thread, its answer is there before the timer
            if (deadline !== undefined && deadline.atMs <= clock.now()) reject(deadline.error())
            else resolve(result)
          },
          (error: unknown) => {
            release(waiting)
            reject(error)
          },
        )
      })
    },
    isFlying: (key) => flights.has(key),
    get size() {
      return flights.size
    },
  }
}
