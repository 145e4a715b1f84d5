// Calls to a Keyv in; replies that never throw and never wait longer than a deadline out, behind a circuit breaker.

import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleWhen } from 'cockatiel'
import { createError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import type { KeyvLike } from './cache-port.ts'

/** A hundred times what Redis takes on the same machine, and less than anyone notices. */
export const callDeadlineMs = 50

/**
 * The deadline is waited for in steps, so that a long batch in this thread takes one step of it at most: timers come
 * before input and output, and a call that was not even sent, or whose reply is there already, would count as late.
 */
const deadlineSteps = 5

/**
 * Calls under way at once; others wait for their turn, from which their deadline counts. Redis' client refuses more than
 * 2000, and a burst of thousands would take longer than a deadline although nothing is wrong.
 */
export const maxCallsUnderWay = 256

/** So that a frozen store costs five deadlines, and then one each time the circuit half-opens. */
const failuresUntilOpen = 5
const halfOpenAfterMs = 1000

export type KeyvStoreOptions = {
  readonly keyv: KeyvLike
  readonly clock: Clock
  /** False while there is no connection: a call would only wait for it. @default always true */
  readonly isReady?: () => boolean
}

/** `fault`: tried and failed. `skipped`: not tried, since it would have failed. */
export type KeyvReply =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'fault'; readonly error: unknown }
  | { readonly kind: 'skipped' }

export type KeyvStore = {
  get(key: string): Promise<KeyvReply>
  set(key: string, text: string, ttlMs: number): Promise<KeyvReply>
  /** False where a call now would be skipped. */
  readonly isAvailable: boolean
}

const skipped: KeyvReply = { kind: 'skipped' }

export function createKeyvStore({ keyv, clock, isReady = () => true }: KeyvStoreOptions): KeyvStore {
  // A value that Keyv cannot parse says nothing about the store.
  const policy = circuitBreaker(
    handleWhen((error) => !(error instanceof SyntaxError)),
    { halfOpenAfter: halfOpenAfterMs, breaker: new ConsecutiveBreaker(failuresUntilOpen) },
  )

  let callsUnderWay = 0
  const waiting: (() => void)[] = []

  async function call(operation: () => Promise<unknown>): Promise<KeyvReply> {
    if (callsUnderWay >= maxCallsUnderWay) await new Promise<void>((resolve) => waiting.push(resolve))
    else callsUnderWay++
    const reply = await callNow(operation)
    // The turn passes from call to call; the count falls only when nobody waits.
    const next = waiting.shift()
    if (next === undefined) callsUnderWay--
    else next()
    return reply
  }

  async function callNow(operation: () => Promise<unknown>): Promise<KeyvReply> {
    // While one call probes, cockatiel would let the others wait for it: they are misses at once instead.
    if (!isReady() || policy.state === CircuitState.HalfOpen) return skipped
    try {
      return { kind: 'value', value: await policy.execute(() => withinDeadline(operation, clock)) }
    } catch (error) {
      return error instanceof BrokenCircuitError ? skipped : { kind: 'fault', error }
    }
  }

  return {
    get: (key) => call(() => keyv.get(key)),
    // Redis refuses fractions and 0, and Keyv takes undefined for no end.
    set: (key, text, ttlMs) =>
      call(() => keyv.set(key, text, Number.isFinite(ttlMs) ? Math.max(1, Math.ceil(ttlMs)) : undefined)),
    get isAvailable() {
      return isReady() && policy.state === CircuitState.Closed
    },
  }
}

function withinDeadline(operation: () => Promise<unknown>, clock: Clock): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (): void =>
      reject(createError('DEADLINE_EXCEEDED', `the cache gave no reply within ${callDeadlineMs} ms`))
    let stepsLeft = deadlineSteps
    const step = (): void => {
      if (--stepsLeft === 0) fail()
      else timer = clock.setTimer(step, callDeadlineMs / deadlineSteps)
    }
    let timer = clock.setTimer(step, callDeadlineMs / deadlineSteps)
    // The function turns a synchronous throw into a rejection; one that comes after the deadline is handled here too.
    void (async () => operation())().then(
      (value) => {
        clock.clearTimer(timer)
        resolve(value)
      },
      (error: unknown) => {
        clock.clearTimer(timer)
        reject(error)
      },
    )
  })
}
