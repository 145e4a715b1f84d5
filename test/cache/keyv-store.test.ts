import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { KeyvLike } from '../../src/cache/cache-port.ts'
import { createKeyvStore } from '../../src/cache/keyv-store.ts'
import type { KeyvStore } from '../../src/cache/keyv-store.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'
import type { FakeClock } from '../helpers/fake-clock.ts'

type Calls = { count: number; ttls: unknown[]; reply: () => Promise<unknown> }

/** cockatiel reads the time of day to half-open, so that is fake as well. */
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'] }))
afterEach(() => void vi.useRealTimers())

function createSubject(isReady?: () => boolean): [KeyvStore, Calls, FakeClock] {
  const clock = createFakeClock()
  const calls: Calls = { count: 0, ttls: [], reply: () => Promise.resolve('text') }
  const keyv: KeyvLike = {
    get() {
      calls.count++
      return calls.reply()
    },
    set(_key, _value, ttlMs) {
      calls.count++
      calls.ttls.push(ttlMs)
      return calls.reply()
    },
  }
  return [createKeyvStore({ keyv, clock, isReady }), calls, clock]
}

async function failTimes(store: KeyvStore, calls: Calls, count: number): Promise<void> {
  calls.reply = () => Promise.reject(new Error('ECONNRESET'))
  for (let i = 0; i < count; i++) await store.get('key')
}

describe('createKeyvStore', () => {
  it('gives what the Keyv gives', async () => {
    const [store] = createSubject()
    expect(await store.get('key')).toEqual({ kind: 'value', value: 'text' })
  })

  it.each([
    [300_000, 300_000],
    [0.2, 1],
    [1500.5, 1501],
    [Infinity, undefined],
  ])('hands on a time to live of %s as %s', async (ttlMs, given) => {
    const [store, calls] = createSubject()
    await store.set('key', 'text', ttlMs)
    expect(calls.ttls).toEqual([given])
  })

  it('turns a rejection, or a throw, into a fault', async () => {
    const [store, calls] = createSubject()
    const error = new Error('ECONNRESET')
    calls.reply = () => Promise.reject(error)
    expect(await store.get('key')).toEqual({ kind: 'fault', error })
    calls.reply = () => {
      throw error
    }
    expect(await store.set('key', 'text', 1)).toEqual({ kind: 'fault', error })
  })

  it('gives up after 50 ms without a reply, and leaves no timer behind', async () => {
    const [store, calls, clock] = createSubject()
    calls.reply = () => new Promise(() => {})
    const reply = store.get('key')
    clock.advance(50)
    expect(await reply).toMatchObject({ kind: 'fault', error: { code: 'DEADLINE_EXCEEDED' } })
    expect(clock.pendingTimers).toBe(0)
    calls.reply = () => Promise.resolve('text')
    await store.get('key')
    expect(clock.pendingTimers).toBe(0)
  })

  it('handles a failure that comes after the deadline', async () => {
    const [store, calls, clock] = createSubject()
    let fail = (_error: Error): void => {}
    calls.reply = () => new Promise((_, reject) => (fail = reject))
    const reply = store.get('key')
    clock.advance(50)
    fail(new Error('late'))
    expect(await reply).toMatchObject({ kind: 'fault', error: { code: 'DEADLINE_EXCEEDED' } })
  })

  it('asks no more after 5 failures in a row, until a second has passed', async () => {
    const [store, calls] = createSubject()
    await failTimes(store, calls, 5)
    expect(store.isAvailable).toBe(false)
    expect(await store.get('key')).toEqual({ kind: 'skipped' })
    expect(calls.count).toBe(5)
    vi.advanceTimersByTime(1000)
    calls.reply = () => Promise.resolve('back')
    expect(await store.get('key')).toEqual({ kind: 'value', value: 'back' })
    expect(store.isAvailable).toBe(true)
  })

  it('lets one call probe, and the others miss at once meanwhile', async () => {
    const [store, calls, clock] = createSubject()
    await failTimes(store, calls, 5)
    vi.advanceTimersByTime(1000)
    calls.reply = () => new Promise(() => {})
    const probe = store.get('key')
    expect(await store.get('key')).toEqual({ kind: 'skipped' })
    clock.advance(50)
    expect(await probe).toMatchObject({ kind: 'fault' })
    expect(await store.get('key')).toEqual({ kind: 'skipped' })
    expect(calls.count).toBe(6)
  })

  it('lets at most 256 calls be under way, and the others wait for their turn', async () => {
    const [store, calls] = createSubject()
    const settle: ((text: string) => void)[] = []
    calls.reply = () => new Promise((resolve) => settle.push(resolve))
    const replies = Array.from({ length: 1000 }, () => store.get('key'))
    for (let done = 0; done < 1000; done += settle.splice(0).length) {
      await new Promise((resolve) => setImmediate(resolve))
      expect(settle.length).toBeLessThanOrEqual(256)
      for (const one of settle) one('text')
    }
    expect(new Set((await Promise.all(replies)).map(({ kind }) => kind))).toEqual(new Set(['value']))
  })

  it('counts the deadline of a call from its turn', async () => {
    const [store, calls, clock] = createSubject()
    const settle: ((text: string) => void)[] = []
    calls.reply = () => new Promise((resolve) => settle.push(resolve))
    const replies = Array.from({ length: 257 }, () => store.get('key'))
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(49)
    for (const one of settle.splice(0)) one('text')
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(49)
    for (const one of settle.splice(0)) one('text')
    expect((await Promise.all(replies)).every(({ kind }) => kind === 'value')).toBe(true)
  })

  it('lets those that wait go at once when the store has failed', async () => {
    const [store, calls, clock] = createSubject()
    calls.reply = () => new Promise(() => {})
    const replies = Array.from({ length: 1000 }, () => store.get('key'))
    await new Promise((resolve) => setImmediate(resolve))
    clock.advance(50)
    const kinds = (await Promise.all(replies)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'skipped')).toHaveLength(1000 - 256)
    expect(clock.pendingTimers).toBe(0)
  })

  it('does not count values that Keyv cannot parse against the store', async () => {
    const [store, calls] = createSubject()
    calls.reply = () => Promise.reject(new SyntaxError('Unexpected token'))
    for (let i = 0; i < 20; i++) expect(await store.get('key')).toMatchObject({ kind: 'fault' })
    expect(store.isAvailable).toBe(true)
  })

  it('asks nothing without a connection', async () => {
    const [store, calls] = createSubject(() => false)
    expect(await store.get('key')).toEqual({ kind: 'skipped' })
    expect(calls.count).toBe(0)
    expect(store.isAvailable).toBe(false)
  })
})
