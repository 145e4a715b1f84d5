import { Keyv } from 'keyv'
import { describe, expect, it } from 'vitest'
import type { KeyvLike, PredictionCache, PredictionCacheOptions } from '../../src/cache/cache-port.ts'
import { createPredictionCache } from '../../src/cache/prediction-cache.ts'
import type { Publish } from '../../src/observe/channels.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

/** A real turn of the event loop runs all microtasks there are. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function createSubject(
  options: Partial<PredictionCacheOptions> = {},
): Promise<[PredictionCache, string[], ReturnType<typeof createFakeClock>]> {
  const clock = createFakeClock()
  const faults: string[] = []
  const publish: Publish = (channel, message) => {
    if (channel === 'cacheFault' && 'operation' in message) faults.push(message.operation)
  }
  return [await createPredictionCache({ clock, publish, ...options }), faults, clock]
}

describe('createPredictionCache in memory', () => {
  it('answers at once, and counts each lookup as one hit or one miss', async () => {
    const [cache] = await createSubject()
    expect(cache.peek('a')).toBeUndefined()
    cache.store('a', { label: 'yes' })
    expect(cache.peek('a')?.answer).toEqual({ label: 'yes' })
    expect((await cache.lookup('a'))?.answer).toEqual({ label: 'yes' })
    expect(cache.stats()).toMatchObject({ lookups: 3, hits: 2, misses: 1, stores: 1, entryCount: 1 })
  })

  it('keeps answers five minutes by default', async () => {
    const [cache, , clock] = await createSubject()
    cache.store('a', { label: 'yes' })
    clock.advance(299_999)
    expect(cache.peek('a')).toBeDefined()
    clock.advance(1)
    expect(cache.peek('a')).toBeUndefined()
  })

  it('holds 10,000 entries by default and not one more', async () => {
    const [cache] = await createSubject()
    for (let i = 0; i < 10_001; i++) cache.store(String(i), { label: i })
    expect(cache.stats()).toMatchObject({ entryCount: 10_000, evictionCount: 1 })
  })

  it('is empty and stays empty after close', async () => {
    const [cache] = await createSubject()
    cache.store('a', { label: 'yes' })
    await cache.close()
    await cache.close()
    cache.store('b', { label: 'yes' })
    expect(cache.peek('a')).toBeUndefined()
    expect(cache.peek('b')).toBeUndefined()
    expect(cache.health()).toEqual({ kind: 'memory', isAvailable: false })
  })
})

describe('createPredictionCache in a user’s Keyv', () => {
  it('shares answers between two caches on the same Keyv, special numbers included', async () => {
    const keyv = new Keyv()
    const [[writer], [reader]] = [await createSubject({ keyv }), await createSubject({ keyv })]
    const answer = { label: 3, scores: [NaN, -0, Infinity] }
    writer.store('a', answer)
    await writer.flush()
    expect(await reader.lookup('a')).toStrictEqual({ answer, isStale: false })
    expect(reader.stats()).toEqual({
      lookups: 1,
      hits: 1,
      misses: 0,
      stale: 0,
      revalidations: 0,
      stores: 0,
      errors: 0,
      skipped: 0,
    })
  })

  it('gives frozen answers and never the same object to be changed', async () => {
    const [cache] = await createSubject({ keyv: new Keyv() })
    cache.store('a', { probabilities: [0.5, 0.5] })
    await cache.flush()
    expect(Object.isFrozen((await cache.lookup('a'))?.answer.probabilities)).toBe(true)
  })

  it('counts hits per call while lookups overlap', async () => {
    const [cache] = await createSubject({ keyv: new Keyv() })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    const found = await Promise.all(['a', 'b', 'a', 'c'].map((key) => cache.lookup(key)))
    expect(found.map((one) => one !== undefined)).toEqual([true, false, true, false])
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 2 })
  })

  it('puts the prefix before every key', async () => {
    const entries = new Map<string, unknown>()
    const [cache] = await createSubject({ keyv: new Keyv({ store: entries, useKeyPrefix: false }), keyPrefix: 'ours/' })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    expect([...entries.keys()]).toEqual(['ours/a'])
  })

  it('hands the time to live on', async () => {
    const ttls: unknown[] = []
    const keyv: KeyvLike = {
      get: () => Promise.resolve(undefined),
      set: (_key, _text, ttlMs) => Promise.resolve(void ttls.push(ttlMs)),
    } // prettier-ignore
    const [cache] = await createSubject({ keyv, ttlMs: 1.5 })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    expect(ttls).toEqual([2])
  })

  it.each(['garbage', 42, { label: 'yes' }, 'tfjs2j{'])('takes the foreign value %o for a miss', async (value) => {
    const keyv = new Keyv()
    const [cache, faults] = await createSubject({ keyv })
    await keyv.set('a', value)
    expect(await cache.lookup('a')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ misses: 1, errors: 1 })
    expect(faults).toEqual(['decode'])
  })

  it('drops an answer that cannot be written, and says so', async () => {
    const [cache, faults] = await createSubject({ keyv: new Keyv() })
    cache.store('a', { outputs: { y: () => 1 } })
    await cache.flush()
    expect(cache.stats()).toMatchObject({ stores: 1, errors: 1 })
    expect(faults).toEqual(['encode'])
  })

  it('misses, publishes and remembers the error when the Keyv fails, and forgets it when it works again', async () => {
    let isBroken = true
    const keyv: KeyvLike = {
      get: () => (isBroken ? Promise.reject(new Error('READONLY')) : Promise.resolve(undefined)),
      set: () => (isBroken ? Promise.reject(new Error('READONLY')) : Promise.resolve(true)),
    }
    const [cache, faults] = await createSubject({ keyv })
    expect(await cache.lookup('a')).toBeUndefined()
    cache.store('a', { label: 'yes' })
    await cache.flush()
    expect(cache.stats()).toMatchObject({ misses: 1, errors: 2 })
    expect(faults).toEqual(['get', 'set'])
    expect(cache.health()).toEqual({ kind: 'keyv', isAvailable: true, lastError: 'READONLY' })
    isBroken = false
    await cache.lookup('a')
    expect(cache.health().lastError).toBe('READONLY')
    cache.store('a', { label: 'yes' })
    await cache.flush()
    expect(cache.health()).toEqual({ kind: 'keyv', isAvailable: true })
  })

  it('skips calls to a Keyv that keeps failing', async () => {
    let calls = 0
    const keyv: KeyvLike = { get: () => (calls++, Promise.reject(new Error('down'))), set: () => Promise.resolve(true) }
    const [cache] = await createSubject({ keyv })
    for (let i = 0; i < 50; i++) await cache.lookup('a')
    expect(calls).toBe(5)
    expect(cache.stats()).toMatchObject({ misses: 50, errors: 5, skipped: 45 })
    expect(cache.health().isAvailable).toBe(false)
  })

  it('hears the errors that a Keyv only emits, until it is closed', async () => {
    const keyv = new Keyv()
    const [cache, faults] = await createSubject({ keyv })
    keyv.emit('error', new Error('lost'))
    expect(faults).toEqual(['connection'])
    await cache.close()
    keyv.on('error', () => {})
    keyv.emit('error', new Error('lost again'))
    expect(faults).toEqual(['connection'])
  })

  it('leaves the user’s Keyv open on close, and asks it nothing afterwards', async () => {
    const keyv = new Keyv()
    const [cache] = await createSubject({ keyv })
    cache.store('a', { label: 'yes' })
    await cache.close()
    expect(await cache.lookup('a')).toBeUndefined()
    expect(await keyv.get('a')).toBeTypeOf('string')
  })

  it('closes within the deadline of a store while the Keyv hangs', async () => {
    const keyv: KeyvLike = { get: () => new Promise(() => {}), set: () => new Promise(() => {}) }
    const [cache, , clock] = await createSubject({ keyv })
    cache.store('a', { label: 'yes' })
    const closed = cache.close()
    await settleMicrotasks()
    clock.advance(150)
    await closed
    expect(cache.stats().errors).toBe(1)
  })

  it('drops stores beyond the text that a hung Keyv may hold up', async () => {
    const keyv: KeyvLike = { get: () => new Promise(() => {}), set: () => new Promise(() => {}) }
    const [cache, , clock] = await createSubject({ keyv, compression: false })
    for (let i = 0; i < 20; i++) cache.store(String(i), { label: 'x'.repeat(1024 ** 2) })
    expect(cache.stats().skipped).toBe(5)
    await settleMicrotasks()
    clock.advance(150)
    await cache.close()
  })

  it('asks for all keys of a turn at once, and tells how long that took', async () => {
    const asked: string[][] = []
    const durations: [number, number][] = []
    const clock = createFakeClock()
    const keyv: KeyvLike = {
      get: () => Promise.reject(new Error('one by one')),
      getMany(keys) {
        asked.push(keys)
        clock.advance(6)
        return Promise.resolve(keys.map(() => undefined))
      },
      set: () => Promise.resolve(true),
    }
    const observeLookup = (durationMs: number, rowCount: number): void => void durations.push([durationMs, rowCount])
    const cache = await createPredictionCache({ clock, keyv, keyPrefix: 'p/', observeLookup })
    await Promise.all(['a', 'b', 'c'].map((key) => cache.lookup(key)))
    expect(asked).toEqual([['p/a', 'p/b', 'p/c']])
    expect(durations).toEqual([[6, 3]])
    expect(cache.stats()).toMatchObject({ lookups: 3, misses: 3, errors: 0 })
  })

  it('counts each row of a call that failed, publishes it once, and tells nothing of its duration', async () => {
    const durations: unknown[] = []
    const keyv: KeyvLike = {
      get: () => Promise.reject(new Error('down')),
      getMany: () => Promise.reject(new Error('down')),
      set: () => Promise.resolve(true),
    }
    const [cache, faults] = await createSubject({ keyv, observeLookup: (...call) => void durations.push(call) })
    await Promise.all(['a', 'b', 'c'].map((key) => cache.lookup(key)))
    expect(cache.stats()).toMatchObject({ misses: 3, errors: 3 })
    expect(faults).toEqual(['get'])
    expect(durations).toEqual([])
  })

  it('goes on to read from a Keyv that is full, and says why nothing new is stored', async () => {
    const entries = new Map<string, string>()
    let isFull = false
    const keyv: KeyvLike = {
      get: (key) => Promise.resolve(entries.get(key)),
      set: (key, text) =>
        isFull ? Promise.reject(new Error('OOM command not allowed')) : Promise.resolve(entries.set(key, text)),
    }
    const [cache] = await createSubject({ keyv })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    isFull = true
    for (let i = 0; i < 20; i++) {
      cache.store(`b ${i}`, { label: 'no' })
      await cache.flush()
      expect((await cache.lookup('a'))?.answer).toEqual({ label: 'yes' })
    }
    expect(cache.stats()).toMatchObject({ hits: 20, errors: 5, skipped: 15 })
    expect(cache.health()).toMatchObject({ isAvailable: true, lastError: 'OOM command not allowed' })
  })

  it('passes over texts of another version of this library without calling them broken', async () => {
    const keyv = new Keyv()
    const [cache, faults] = await createSubject({ keyv })
    await keyv.set('a', 'tfjs1j{"o":[["label","yes"]]}')
    expect(await cache.lookup('a')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ misses: 1, errors: 0 })
    expect(faults).toEqual([])
  })

  it('never gives an answer that was stored under another key', async () => {
    const entries = new Map<string, string>()
    const [cache, faults] = await createSubject({ keyv: new Keyv({ store: entries, useKeyPrefix: false }) })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    entries.set('b', entries.get('a') ?? '')
    expect(await cache.lookup('b')).toBeUndefined()
    expect(faults).toEqual(['decode'])
  })
})

describe('createPredictionCache with staleWhileRevalidateMs', () => {
  it('gives an expired answer from memory, marked and counted, until its time is over', async () => {
    const [cache, , clock] = await createSubject({ ttlMs: 1000, staleWhileRevalidateMs: 500 })
    cache.store('a', { label: 'yes' })
    clock.advance(1000)
    expect(cache.peek('a')).toMatchObject({ isStale: true, answer: { label: 'yes' } })
    cache.recordRevalidation()
    expect(cache.stats()).toMatchObject({ hits: 1, stale: 1, revalidations: 1 })
    clock.advance(500)
    expect(cache.peek('a')).toBeUndefined()
  })

  it('keeps answers in a Keyv for both times together, and judges their age by when they were stored', async () => {
    const ttls: unknown[] = []
    const entries = new Map<string, string>()
    const keyv: KeyvLike = {
      get: (key) => Promise.resolve(entries.get(key)),
      set: (key, text, ttlMs) => Promise.resolve([entries.set(key, text), ttls.push(ttlMs)]),
    }
    let now = 1_700_000_000_000
    const [cache] = await createSubject({ keyv, ttlMs: 1000, staleWhileRevalidateMs: 500, epochMs: () => now })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    expect(ttls).toEqual([1500])
    now += 999
    expect(await cache.lookup('a')).toEqual({ answer: { label: 'yes' }, isStale: false })
    now += 1
    expect(await cache.lookup('a')).toEqual({ answer: { label: 'yes' }, isStale: true })
    now += 500
    expect(await cache.lookup('a')).toBeUndefined()
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 1, stale: 1, errors: 0 })
  })

  it('holds each process to its own times, whoever stored the answer', async () => {
    const keyv = new Keyv()
    let now = 1_700_000_000_000
    const shared = { keyv, epochMs: () => now }
    const [writer] = await createSubject({ ...shared, ttlMs: 60_000, staleWhileRevalidateMs: 60_000 })
    const [strict] = await createSubject({ ...shared, ttlMs: 1000 })
    writer.store('a', { label: 'yes' })
    await writer.flush()
    now += 1000
    expect(await strict.lookup('a')).toBeUndefined()
    expect((await writer.lookup('a'))?.isStale).toBe(false)
  })

  it('takes an answer from a machine whose time of day is ahead for a fresh one', async () => {
    const keyv = new Keyv()
    const [ahead] = await createSubject({ keyv, epochMs: () => 1_700_000_060_000 })
    const [behind] = await createSubject({ keyv, epochMs: () => 1_700_000_000_000 })
    ahead.store('a', { label: 'yes' })
    await ahead.flush()
    expect((await behind.lookup('a'))?.isStale).toBe(false)
  })
})

describe('createPredictionCache in a Keyv that hides its errors', () => {
  const failing = (throwOnErrors: boolean): Keyv =>
    new Keyv({
      throwOnErrors: false,
      store: {
        throwOnErrors,
        get: () => Promise.reject(new Error('down')),
        set: () => Promise.reject(new Error('down')),
        delete: () => Promise.resolve(true),
        clear: () => Promise.resolve(),
      },
    })

  it('says in its health that they cannot be seen, and how to see them', async () => {
    const [cache] = await createSubject({ keyv: failing(true) })
    expect(await cache.lookup('a')).toBeUndefined()
    expect(cache.health()).toEqual({
      kind: 'keyv',
      isAvailable: true,
      warning: expect.stringContaining('throwOnErrors: true'),
    })
  })

  it('counts the stores that failed all the same, since Keyv says so', async () => {
    const [cache] = await createSubject({ keyv: failing(true) })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    expect(cache.stats()).toMatchObject({ stores: 1, errors: 1 })
    expect(cache.health().lastError).toBeDefined()
  })

  it('does not forget a failure for a lookup that may have failed as well', async () => {
    const keyv = failing(true)
    const [cache] = await createSubject({ keyv })
    keyv.emit('error', new Error('connection lost'))
    await cache.lookup('a')
    expect(cache.health().lastError).toBe('connection lost')
  })

  it.each([
    ['a Keyv in memory', new Keyv(), false],
    ['a Keyv that throws', new Keyv({ store: failing(true).store as never, throwOnErrors: true }), false],
    [
      'a Keyv that throws over an adapter that does not',
      new Keyv({ store: failing(false).store as never, throwOnErrors: true }),
      true,
    ], // prettier-ignore
  ])('warns of %s: %#', async (_what, keyv, isWarned) => {
    const [cache] = await createSubject({ keyv })
    expect(cache.health().warning !== undefined).toBe(isWarned)
  })
})
