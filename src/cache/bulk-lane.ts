// Items of one turn in; few calls of many items each out, with a deadline, a circuit breaker and a bound on those under way.

import { BrokenCircuitError, circuitBreaker, CircuitState, ConsecutiveBreaker, handleAll } from 'cockatiel'
import { createError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'

/**
 * A thread that was held up, by a long batch or by the machine, runs timers before input and output: a reply that is there
 * already would count as late. Hence one more turn at the end of each deadline. And what was asked for just before the hold
 * is sent after it only, which the first look shows: such a call gets a Redis' time from there.
 */
const firstLookMs = 10
const leastAfterHoldMs = 20

/** Calls under way at once; what comes meanwhile waits for one to end, and then shares the next. */
const maxCalls = 4

/**
 * So that a frozen store costs a handful of deadlines, and then one each time the circuit half-opens. More than are under
 * way at once: a single pause of the machine opens nothing.
 */
const failuresUntilOpen = maxCalls + 1
const halfOpenAfterMs = 1000

/** Deadlines that an item may wait for its call: with a store that is slow, but answers, a burst would wait for all before it. */
const longestWaitDeadlines = 2

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
  /** True where someone waits for each item: nobody is then made to wait for the call that probes a failing store. */
  readonly isWaitedFor: boolean
  readonly call: (items: readonly Item[]) => Promise<Results>
  /** Told once of every item, with its neighbours in the call; of a probe's reply without items. Must not throw. */
  readonly settle: (items: readonly Item[], reply: BulkReply<Results>) => void
}

export type BulkLane<Item> = {
  /** Settles within one deadline, and at most twice that for calls before it that were answered. */
  push(item: Item): void
  /** False where an item now would be skipped. */
  readonly isAvailable: boolean
}

const skipped = { kind: 'skipped' } as const

export function createBulkLane<Item, Results>(options: BulkLaneOptions<Item, Results>): BulkLane<Item> {
  const { clock, isReady, maxItemsPerCall, deadlineMs, isWaitedFor, call, settle } = options
  const policy = circuitBreaker(handleAll, {
    halfOpenAfter: halfOpenAfterMs,
    breaker: new ConsecutiveBreaker(failuresUntilOpen),
  })
  const waiting: Item[] = []
  /** When each of those came. */
  const waitingSinceMs: number[] = []
  let turnAtMs = 0
  let callsUnderWay = 0
  let isTurnWatched = false

  function send(): void {
    while (waiting.length > 0 && callsUnderWay < maxCalls) {
      // While one call probes, cockatiel would let the others wait for it: they are misses at once instead.
      if (!isReady() || policy.state === CircuitState.HalfOpen) return skip(waiting.length)
      if (policy.state === CircuitState.Open && isWaitedFor) return probe()
      const items = take(maxItemsPerCall)
      callsUnderWay++
      void attempt(items).then((reply) => {
        callsUnderWay--
        // What waited behind a failure has waited for a deadline already.
        skip(reply.kind === 'values' ? overdueCount() : waiting.length)
        send()
        settle(items, reply)
      })
    }
  }

  /** Finds out whether the store is well again, once its time has come, with what was asked for: whoever comes next profits. */
  function probe(): void {
    const items = waiting.slice(0, maxItemsPerCall)
    skip(waiting.length)
    void attempt(items).then((reply) => {
      if (reply.kind !== 'skipped') settle([], reply)
    })
  }

  function take(count: number): readonly Item[] {
    waitingSinceMs.splice(0, count)
    return waiting.splice(0, count)
  }

  function skip(count: number): void {
    if (count > 0) settle(take(count), skipped)
  }

  function overdueCount(): number {
    const latestMs = clock.now() - longestWaitDeadlines * deadlineMs
    let count = 0
    while (count < waiting.length && waitingSinceMs[count] <= latestMs) count++
    return count
  }

  function watchTurn(): void {
    isTurnWatched = true
    turnAtMs = clock.now()
    queueMicrotask(() => {
      isTurnWatched = false
      send()
    })
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
      if (!isTurnWatched) watchTurn()
      waiting.push(item)
      waitingSinceMs.push(turnAtMs)
    },
    get isAvailable() {
      return isReady() && policy.state === CircuitState.Closed
    },
  }
}

function withinDeadline<Result>(operation: () => Promise<Result>, deadlineMs: number, clock: Clock): Promise<Result> {
  return new Promise((resolve, reject) => {
    const startedAt = clock.now()
    const wait = (untilMs: number, next: () => void): void =>
      void (timer = clock.setTimer(next, Math.max(0, untilMs - clock.now())))
    const lookFirst = (): void => {
      const isHeldUp = clock.now() - startedAt > 2 * firstLookMs
      wait(Math.max(startedAt + deadlineMs, isHeldUp ? clock.now() + leastAfterHoldMs : 0), hearLast)
    }
    const hearLast = (): void => wait(0, () => reject(lateReply(deadlineMs)))
    let timer = clock.setTimer(lookFirst, firstLookMs)
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
