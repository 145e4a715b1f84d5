import { Keyv } from 'keyv'
import { describe, expect, it } from 'vitest'
import type { KeyvLike, PredictionCache, PredictionCacheOptions } from '../../src/cache/cache-port.ts'
import { createPredictionCache } from '../../src/cache/prediction-cache.ts'
import type { Publish } from '../../src/observe/channels.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

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
    expect(cache.peek('a')).toEqual({ label: 'yes' })
    expect(await cache.lookup('a')).toEqual({ label: 'yes' })
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
    expect(await reader.lookup('a')).toStrictEqual(answer)
    expect(reader.stats()).toEqual({ lookups: 1, hits: 1, misses: 0, stores: 0, errors: 0, skipped: 0 })
  })

  it('gives frozen answers and never the same object to be changed', async () => {
    const [cache] = await createSubject({ keyv: new Keyv() })
    cache.store('a', { probabilities: [0.5, 0.5] })
    await cache.flush()
    expect(Object.isFrozen((await cache.lookup('a'))?.probabilities)).toBe(true)
  })

  it('counts hits per call while lookups overlap', async () => {
    const [cache] = await createSubject({ keyv: new Keyv() })
    cache.store('a', { label: 'yes' })
    await cache.flush()
    const found = await Promise.all(['a', 'b', 'a', 'c'].map((key) => cache.lookup(key)))
    expect(found.map((answer) => answer !== undefined)).toEqual([true, false, true, false])
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

  it.each(['garbage', 42, { label: 'yes' }, 'tfjs1j{'])('takes the foreign value %o for a miss', async (value) => {
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

  it('closes within the deadline of a call while the Keyv hangs', async () => {
    const keyv: KeyvLike = { get: () => new Promise(() => {}), set: () => new Promise(() => {}) }
    const [cache, , clock] = await createSubject({ keyv })
    cache.store('a', { label: 'yes' })
    const closed = cache.close()
    clock.advance(50)
    await closed
    expect(cache.stats().errors).toBe(1)
  })

  it('drops stores beyond the text that a hung Keyv may hold up', async () => {
    const keyv: KeyvLike = { get: () => new Promise(() => {}), set: () => new Promise(() => {}) }
    const [cache, , clock] = await createSubject({ keyv, compression: false })
    for (let i = 0; i < 20; i++) cache.store(String(i), { label: 'x'.repeat(1024 ** 2) })
    expect(cache.stats().skipped).toBe(5)
    clock.advance(50)
    await cache.close()
  })
})
