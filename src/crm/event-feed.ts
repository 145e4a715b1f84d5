// Events of tenants in; each of their subscribers called with them later, one at a time, whatever the others do, out.

import type { Clock, Timer } from '../observe/clock.ts'
import type { Logger } from '../observe/logger.ts'

/** What it throws or rejects with is counted and logged; an event waits until the promise of the one before has settled. */
export type Listener<TEvent> = { listen(event: TEvent): void | Promise<void> }['listen']

export type EventFeed<TEvent> = {
  /** Gives a function that ends it; events already waiting for this listener are dropped then. */
  subscribe(tenant: string, listener: Listener<TEvent>): () => void
  /** Never throws, calls nobody in this turn and costs nothing where nobody listens. */
  publish(tenant: string, event: TEvent): void
  stats(): EventFeedStats
  /** Calls each listener with what waits for it, without waiting for any; publishes nothing more. */
  close(): void
}

/** Since the service was made. */
export type EventFeedStats = {
  readonly subscribers: number
  readonly delivered: number
  /** Events for which a subscriber's queue had no room. */
  readonly dropped: number
  /** Calls of listeners that threw or rejected. */
  readonly failed: number
}

type Subscriber<TEvent> = {
  readonly listener: Listener<TEvent>
  readonly waiting: TEvent[]
  state: 'idle' | 'due' | 'busy'
}

export function createEventFeed<TEvent>(options: {
  readonly clock: Clock
  readonly logger: Logger
  /** Events that wait for one subscriber; the oldest goes for a new one, which says what holds now. */
  readonly maxWaiting: number
}): EventFeed<TEvent> {
  const { clock, logger, maxWaiting } = options
  const tenants = new Map<string, Set<Subscriber<TEvent>>>()
  const due = new Set<Subscriber<TEvent>>()
  let timer: Timer
  let isTimerSet = false
  let isClosed = false
  let delivered = 0
  let dropped = 0
  let failed = 0

  function fail(error: unknown): void {
    failed++
    logger.warn({ err: error }, 'a listener of score events failed')
  }

  /** Nothing of it reaches whoever called. */
  function call({ listener }: Subscriber<TEvent>, event: TEvent): Promise<void> | undefined {
    delivered++
    try {
      const result: unknown = listener(event)
      return isThenable(result) ? Promise.resolve(result).then(() => undefined, fail) : undefined
    } catch (error) {
      fail(error)
      return undefined
    }
  }

  function schedule(subscriber: Subscriber<TEvent>): void {
    subscriber.state = 'due'
    due.add(subscriber)
    if (isTimerSet) return
    isTimerSet = true
    timer = clock.setTimer(deliver, 0)
  }

  function deliver(): void {
    isTimerSet = false
    for (const subscriber of [...due]) {
      due.delete(subscriber)
      deliverTo(subscriber)
    }
  }

  function deliverTo(subscriber: Subscriber<TEvent>): void {
    subscriber.state = 'idle'
    // only what is there now: a listener that makes new events would otherwise keep this turn for itself
    for (let count = subscriber.waiting.length; count > 0 && subscriber.waiting.length > 0; count--) {
      const settled = call(subscriber, subscriber.waiting.shift() as TEvent)
      if (settled === undefined) continue
      subscriber.state = 'busy'
      void settled.then(() => {
        subscriber.state = 'idle'
        if (subscriber.waiting.length > 0 && !isClosed) schedule(subscriber)
      })
      return
    }
  }

  return {
    subscribe(tenant, listener) {
      const subscriber: Subscriber<TEvent> = { listener, waiting: [], state: 'idle' }
      const subscribers = tenants.get(tenant) ?? new Set()
      tenants.set(tenant, subscribers.add(subscriber))
      return () => {
        subscribers.delete(subscriber)
        due.delete(subscriber)
        subscriber.waiting.length = 0
        if (subscribers.size === 0 && tenants.get(tenant) === subscribers) tenants.delete(tenant)
      }
    },
    publish(tenant, event) {
      if (isClosed) return
      for (const subscriber of tenants.get(tenant) ?? []) {
        if (subscriber.waiting.length >= maxWaiting) {
          subscriber.waiting.shift()
          dropped++
        }
        subscriber.waiting.push(event)
        if (subscriber.state === 'idle') schedule(subscriber)
      }
    },
    stats() {
      const subscribers = [...tenants.values()].reduce((count, { size }) => count + size, 0)
      return { subscribers, delivered, dropped, failed }
    },
    close() {
      if (isClosed) return
      isClosed = true
      if (isTimerSet) clock.clearTimer(timer)
      for (const subscribers of tenants.values())
        for (const subscriber of subscribers)
          for (const event of subscriber.waiting.splice(0)) void call(subscriber, event)
      tenants.clear()
      due.clear()
    },
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
