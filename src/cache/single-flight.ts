// Equal keys asked for at once in; one run of the loader, whose result every caller gets, out.

import { AbortWatch } from '../observe/abort-watch.ts'

/**
 * Loads what a key stands for. `signal` aborts once every caller has left; it is undefined where the first caller
 * cannot leave.
 */
export type Load<Result> = (signal: AbortSignal | undefined) => Promise<Result>

export type SingleFlight<Result> = {
  /**
   * Joins the flight of `key`, or starts one. A failed flight fails those who wait for it and is forgotten.
   * @throws signal.reason untouched, for this caller only; what `load` throws
   */
  run(key: string, load: Load<Result>, signal?: AbortSignal): Promise<Result>
  /** True where `run` would join a flight instead of starting one. */
  isFlying(key: string): boolean
  /** Flights under way. */
  readonly size: number
}

type Flight<Result> = {
  readonly key: string
  readonly result: Promise<Result>
  readonly controller: AbortController | undefined
  callerCount: number
}

type Caller<Result> = {
  readonly signal: AbortSignal
  readonly flight: Flight<Result>
  readonly reject: (reason: unknown) => void
}

export function createSingleFlight<Result>(): SingleFlight<Result> {
  const flights = new Map<string, Flight<Result>>()
  const callers = new AbortWatch<Caller<Result>>(({ flight, reject }, reason) => {
    reject(reason)
    leave(flight, reason)
  })

  function start(key: string, load: Load<Result>, canLeave: boolean): Flight<Result> {
    const controller = canLeave ? new AbortController() : undefined
    // Starts the load before anyone can ask again, and turns a synchronous throw into a rejection.
    const result = (async () => load(controller?.signal))()
    const flight: Flight<Result> = { key, result, controller, callerCount: 0 }
    flights.set(key, flight)
    const release = (): void => {
      if (flights.get(key) === flight) flights.delete(key)
    }
    // Also keeps a failure that nobody waits for any more from being an unhandled rejection.
    void result.then(release, release)
    return flight
  }

  function leave(flight: Flight<Result>, reason: unknown): void {
    flight.callerCount--
    if (flight.callerCount > 0 || flight.controller === undefined) return
    // A caller who comes now must not join a flight that is being aborted.
    if (flights.get(flight.key) === flight) flights.delete(flight.key)
    flight.controller.abort(reason)
  }

  return {
    run(key, load, signal) {
      if (signal?.aborted === true) return Promise.reject(signal.reason)
      const flight = flights.get(key) ?? start(key, load, signal !== undefined)
      flight.callerCount++
      if (signal === undefined) return flight.result
      return new Promise((resolve, reject) => {
        const caller = { signal, flight, reject }
        callers.add(caller)
        void flight.result.then(
          (result) => {
            callers.delete(caller)
            resolve(result)
          },
          (error: unknown) => {
            callers.delete(caller)
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
