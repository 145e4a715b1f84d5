// Items of one turn in; few calls of many items each out, with a deadline, a circuit breaker and a bound on those under way.

import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel'
import { createError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'

/**
 * The deadline is waited for in steps, to see whether this thread was held up by a long batch or the machine: timers come
 * before input and output, so that a call that was not even sent, or whose reply is there already, would count as late.
 * Hence one more turn for input and output in any case, and some more steps where the latest came late.
 */
const stepMs = 10
const stepsAfterHold = 3

/** Calls under way at once; what comes meanwhile waits for one to end, and then shares the next. */
const maxCalls = 4

/**
 * So that a frozen store costs a handful of deadlines, and then one each time the circuit half-opens. More than are under
 * way at once: a single pause of the machine opens nothing.
 */
const failuresUntilOpen = maxCalls + 1
const halfOpenAfterMs = 1000

/** `fault`: tried and failed. `skipped`: not tried, since it would have failed. */
export type BulkReply<Results> =
  | { readonly kind: 'values'; readonly values: Results; readonly durationMs: number }
  | { readonly kind: 'fault'; readonly error: unknown }
  | { readonly kind: 'skipped' }

export type BulkLaneOptions<Item, Results> = {
  readonly clock: Clock
  /** False while there is no connection: a call would only wait for it. */
  readonly isReady: () => boolean
  readonly maxItemsPerCall: number
  /** Longest wait for the reply to a call. */
  readonly deadlineMs: number
  readonly call: (items: readonly Item[]) => Promise<Results>
  /** Told once of every item, with its neighbours in the call; must not throw. */
  readonly settle: (items: readonly Item[], reply: BulkReply<Results>) => void
}

export type BulkLane<Item> = {
  /** Settles within one deadline, and the wait for calls that were answered. */
  push(item: Item): void
  /** False where an item now would be skipped. */
  readonly isAvailable: boolean
}

const skipped = { kind: 'skipped' } as const

export function createBulkLane<Item, Results>(options: BulkLaneOptions<Item, Results>): BulkLane<Item> {
  const { clock, isReady, maxItemsPerCall, deadlineMs, call, settle } = options
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failuresUntilOpen),
  })
  let waiting: Item[] = []
  let callsUnderWay = 0
  let isTurnWatched = false

  function send(): void {
    isTurnWatched = false
    while (waiting.length > 0 && callsUnderWay < maxCalls) {
      // While one call probes, cockatiel would let the others wait for it: they are misses at once instead.
      if (!isReady() || policy.state === CircuitState.HalfOpen) return skipWaiting()
      const items = waiting.splice(0, maxItemsPerCall)
      callsUnderWay++
      void attempt(items).then((reply) => {
        callsUnderWay--
        settle(items, reply)
        // What waited behind a failure has waited for a deadline already.
        if (reply.kind !== 'values') skipWaiting()
        send()
      })
    }
  }

  function skipWaiting(): void {
    if (waiting.length === 0) return
    const items = waiting
    waiting = []
    settle(items, skipped)
  }

  async function attempt(items: readonly Item[]): Promise<BulkReply<Results>> {
    const startedAt = clock.now()
    try {
      const values = await policy.execute(() => withinDeadline(() => call(items), deadlineMs, clock))
      return { kind: 'values', values, durationMs: clock.now() - startedAt }
    } catch (error) {
      return error instanceof BrokenCircuitError ? skipped : { kind: 'fault', error }
    }
  }

  return {
    push(item) {
      waiting.push(item)
      if (isTurnWatched) return
      isTurnWatched = true
      queueMicrotask(send)
    },
    get isAvailable() {
      return isReady() && policy.state === CircuitState.Closed
    },
  }
}

function withinDeadline<Result>(operation: () => Promise<Result>, deadlineMs: number, clock: Clock): Promise<Result> {
  return new Promise((resolve, reject) => {
    const startedAt = clock.now()
    let latestAt = startedAt
    let stepsLeft = Infinity
    const step = (): void => {
      if (--stepsLeft === 0) return reject(lateReply(deadlineMs))
      const now = clock.now()
      const isHeldUp = now - latestAt > 2 * stepMs
      // timers may come a fraction of a millisecond early
      const isOver = stepsLeft === Infinity && now - startedAt > deadlineMs - 1
      if (isOver) stepsLeft = isHeldUp ? stepsAfterHold : 1
      latestAt = now
      timer = clock.setTimer(step, isOver && !isHeldUp ? 0 : stepMs)
    }
    let timer = clock.setTimer(step, stepMs)
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

function lateReply(deadlineMs: number): Error {
  return createError('DEADLINE_EXCEEDED', `the cache gave no reply within ${deadlineMs} ms`)
}
