import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { PredictionCache, PredictionCacheOptions } from '../../src/cache/cache-port.ts'
import { createPredictionCache } from '../../src/cache/prediction-cache.ts'
import { openRedisKeyv } from '../../src/cache/redis-keyv.ts'
import { systemClock } from '../../src/observe/clock.ts'
import type { Clock } from '../../src/observe/clock.ts'
import { createRedisServer, freePort, whyNoRedis } from '../helpers/redis-server.ts'
import type { RedisServer, RedisServerOptions } from '../helpers/redis-server.ts'

const reason = whyNoRedis()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

/** The deadline of one call, and room for a busy machine with two cores. */
const settlesWithinMs = 50 + 200

const answer = { label: 'yes', probabilities: [0.25, 0.75], scores: [NaN, -0] }
const opened: { close(): Promise<void> }[] = []

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const server = await createRedisServer(options)
  await server.start()
  opened.push({ close: () => server.kill() })
  return server
}

async function openCache(options: Partial<PredictionCacheOptions>): Promise<PredictionCache> {
  const cache = await createPredictionCache({ clock: systemClock, ...options })
  opened.push(cache)
  return cache
}

/** Looks up as traffic would for a while; the longest wait, and whether the last lookup hit. */
async function drive(cache: PredictionCache, forMs: number): Promise<{ longestMs: number; isHit: boolean }> {
  const end = performance.now() + forMs
  let longestMs = 0
  let isHit = false
  while (performance.now() < end) {
    const started = performance.now()
    isHit = (await cache.lookup('key')) !== undefined
    longestMs = Math.max(longestMs, performance.now() - started)
    cache.store('other', answer)
    await sleep(5)
  }
  return { longestMs, isHit }
}

/** Milliseconds until a stored answer comes back; Infinity after ten seconds. */
async function recoveryMs(cache: PredictionCache): Promise<number> {
  const started = performance.now()
  while (performance.now() < started + 10_000) {
    cache.store('key', answer)
    await cache.flush()
    if ((await cache.lookup('key')) !== undefined) return performance.now() - started
    await sleep(10)
  }
  return Infinity
}

/** Sockets that would keep this process alive. */
function openSockets(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource.startsWith('TCP')).length
}

describe('a prediction cache on Redis', () => {
  it('gives one cache what another has stored, bit for bit, until its time is over', async () => {
    const { url, ask } = await startRedis()
    const [writer, reader] = [await openCache({ redisUrl: url, ttlMs: 60_000 }), await openCache({ redisUrl: url })]
    writer.store('key', answer)
    await writer.flush()
    expect(await reader.lookup('key')).toStrictEqual({ answer, isStale: false })
    expect(await reader.lookup('other')).toBeUndefined()
    expect(reader.stats()).toMatchObject({ hits: 1, misses: 1, errors: 0, skipped: 0 })
    expect(await ask('KEYS', '*')).toContain('tfjs-serving::key')
    expect(Number((await ask('PTTL', 'tfjs-serving::key')).slice(1))).toBeGreaterThan(50_000)
  })

  it('keeps to its own prefix', async () => {
    const { url, ask } = await startRedis()
    const [ours, theirs] = [await openCache({ redisUrl: url, keyPrefix: 'ours' }), await openCache({ redisUrl: url })]
    ours.store('key', answer)
    await ours.flush()
    expect(await theirs.lookup('key')).toBeUndefined()
    expect(await ask('KEYS', '*')).toContain('ours::key')
  })

  it('loses no write of many at once right after opening', async () => {
    const { url } = await startRedis()
    const cache = await openCache({ redisUrl: url })
    for (let i = 0; i < 50; i++) cache.store(`key ${i}`, { label: i })
    await cache.flush()
    const found = await Promise.all(Array.from({ length: 50 }, (_, i) => cache.lookup(`key ${i}`)))
    expect(found.map((one) => one?.answer.label)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  it('takes a burst of thousands without giving up on a Redis that is well', async () => {
    const { url } = await startRedis()
    const cache = await openCache({ redisUrl: url })
    for (let i = 0; i < 5000; i++) cache.store(`key ${i}`, { label: i })
    await cache.flush()
    expect(cache.stats()).toMatchObject({ errors: 0, skipped: 0 })
    const found = await Promise.all(Array.from({ length: 5000 }, (_, i) => cache.lookup(`key ${i}`)))
    expect(cache.stats()).toMatchObject({ hits: 5000, errors: 0, skipped: 0 })
    expect(found.every((one, i) => one?.answer.label === i)).toBe(true)
  })

  // another process must answer meanwhile: on a machine with ten times as much to do as it can, now and then it does not
  it('does not take replies for late that came while this thread was busy', { retry: 2 }, async () => {
    const { url } = await startRedis()
    const cache = await openCache({ redisUrl: url })
    await recoveryMs(cache)
    for (let i = 0; i < 6; i++) {
      const lookups = Array.from({ length: 20 }, () => cache.lookup('key'))
      await Promise.resolve()
      const end = performance.now() + 120
      while (performance.now() < end);
      expect((await Promise.all(lookups)).every((found) => found !== undefined)).toBe(true)
    }
    expect(cache.stats()).toMatchObject({ errors: 0, skipped: 0 })
  })

  it('takes values that somebody else wrote for misses', async () => {
    const { url, ask } = await startRedis()
    const cache = await openCache({ redisUrl: url })
    const values = ['garbage', 'tfjs2j{', '{"value":"tfjs2j{"}', '{"label":"yes"}', 'null', '\u0080\u0004cos\nsystem\n']
    for (const value of values) {
      await ask('SET', 'tfjs-serving::key', value)
      expect(await cache.lookup('key')).toBeUndefined()
    }
    await ask('DEL', 'tfjs-serving::key')
    await ask('LPUSH', 'tfjs-serving::key', 'a list')
    for (let i = 0; i < 10; i++) expect(await cache.lookup('key')).toBeUndefined()
    expect(cache.health().isAvailable).toBe(true)
    cache.store('key', answer)
    await cache.flush()
    expect((await cache.lookup('key'))?.answer).toStrictEqual(answer)
  })

  it('looks up many rows in one round trip, broken and foreign values among them', async () => {
    const { url, ask } = await startRedis()
    const cache = await openCache({ redisUrl: url })
    for (const key of ['a', 'b', 'c']) cache.store(key, { label: key })
    await cache.flush()
    await ask('SET', 'tfjs-serving::b', 'garbage')
    await ask('LPUSH', 'tfjs-serving::d', 'a list')
    await ask('CONFIG', 'RESETSTAT')
    const found = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((key) => cache.lookup(key)))
    expect(found.map((one) => one?.answer.label)).toEqual(['a', undefined, 'c', undefined, undefined])
    expect(await ask('INFO', 'commandstats')).toMatch(/cmdstat_mget:calls=1,/)
    expect(cache.stats()).toMatchObject({ hits: 2, misses: 3, errors: 1 })
  })

  it('keeps answers for as long as they may be given stale', async () => {
    const { url, ask } = await startRedis()
    let now = Date.now()
    const cache = await openCache({
      redisUrl: url,
      ttlMs: 60_000,
      staleWhileRevalidateMs: 30_000,
      epochMs: () => now,
    })
    cache.store('key', answer)
    await cache.flush()
    expect(Number((await ask('PTTL', 'tfjs-serving::key')).slice(1))).toBeGreaterThan(80_000)
    now += 60_000
    expect(await cache.lookup('key')).toStrictEqual({ answer, isStale: true })
  })

  it('misses at once while Redis is killed, and hits again within two seconds of its return', async () => {
    const server = await startRedis()
    const cache = await openCache({ redisUrl: server.url })
    expect(await recoveryMs(cache)).toBeLessThan(500)
    await server.kill()
    const { longestMs, isHit } = await drive(cache, 1500)
    expect(longestMs).toBeLessThan(settlesWithinMs)
    expect(isHit).toBe(false)
    expect(cache.health()).toMatchObject({ kind: 'redis', isAvailable: false, lastError: expect.any(String) })
    await server.start()
    expect(await recoveryMs(cache)).toBeLessThan(2000)
    expect(cache.health()).toEqual({ kind: 'redis', isAvailable: true })
  })

  it('pays few deadlines while Redis is frozen under traffic, and hits again within two seconds of its thaw', async () => {
    const server = await startRedis()
    const cache = await openCache({ redisUrl: server.url })
    await recoveryMs(cache)
    server.freeze()
    const { longestMs } = await drive(cache, 3000)
    expect(longestMs).toBeLessThan(settlesWithinMs)
    expect(cache.stats().errors).toBeLessThan(30)
    expect(cache.stats().skipped).toBeGreaterThan(100)
    server.thaw()
    expect(await recoveryMs(cache)).toBeLessThan(2000)
  })

  it('opens within half a second where Redis was never up, and works once it is', async () => {
    const server = await createRedisServer()
    const started = performance.now()
    const cache = await openCache({ redisUrl: server.url })
    expect(performance.now() - started).toBeLessThan(1000)
    const { longestMs, isHit } = await drive(cache, 300)
    expect(longestMs).toBeLessThan(settlesWithinMs)
    expect(isHit).toBe(false)
    expect(cache.health()).toMatchObject({ isAvailable: false, lastError: expect.stringContaining('ECONNREFUSED') })
    opened.push({ close: () => server.kill() })
    await server.start()
    expect(await recoveryMs(cache)).toBeLessThan(2000)
  })

  it('misses with a wrong password, and says so in its health', async () => {
    const { url } = await startRedis({ password: 'right' })
    const cache = await openCache({ redisUrl: url.replace('redis://', 'redis://:wr0ng@') })
    const { longestMs, isHit } = await drive(cache, 300)
    expect(longestMs).toBeLessThan(settlesWithinMs)
    expect(isHit).toBe(false)
    expect(cache.health().lastError).toContain('WRONGPASS')
    expect(cache.health().lastError).not.toContain('wr0ng')
  })

  it('asks nothing of a Redis that asks for a password, and says why, until it takes us', async () => {
    const server = await startRedis({ password: 'right' })
    const cache = await openCache({ redisUrl: server.url })
    const { longestMs, isHit } = await drive(cache, 700)
    expect(longestMs).toBeLessThan(settlesWithinMs)
    expect(isHit).toBe(false)
    expect(cache.stats().errors).toBe(0)
    expect(cache.health()).toMatchObject({ isAvailable: false, lastError: expect.stringContaining('NOAUTH') })
    await server.ask('CONFIG', 'SET', 'requirepass', '')
    expect(await recoveryMs(cache)).toBeLessThan(2000)
    expect(cache.health()).toEqual({ kind: 'redis', isAvailable: true })
  })

  it('works for a user who may read and write but not ping', async () => {
    const server = await startRedis()
    await server.ask('ACL', 'SETUSER', 'cacher', 'on', '>pw', '~tfjs-serving::*', '+get', '+mget', '+set')
    const cache = await openCache({ redisUrl: server.url.replace('redis://', 'redis://cacher:pw@') })
    const { longestMs } = await drive(cache, 700)
    expect(longestMs).toBeLessThan(settlesWithinMs)
    expect(await recoveryMs(cache)).toBeLessThan(500)
    expect(cache.health()).toEqual({ kind: 'redis', isAvailable: true })
  })

  it.each(['up', 'frozen', 'killed'] as const)('closes within half a second while Redis is %s', async (state) => {
    const server = await startRedis()
    const cache = await createPredictionCache({ clock: systemClock, redisUrl: server.url })
    if (state === 'frozen') server.freeze()
    if (state === 'killed') await server.kill()
    cache.store('key', answer)
    const started = performance.now()
    await cache.close()
    await cache.close()
    expect(performance.now() - started).toBeLessThan(500)
    expect(await cache.lookup('key')).toBeUndefined()
    server.thaw()
    await sleep(50)
    expect(openSockets()).toBe(0)
  })

  it.each(['killed', 'frozen'] as const)(
    'leaves no connection behind when closed before its first one, Redis being %s',
    async (state) => {
      const server = await startRedis()
      if (state === 'killed') await server.kill()
      else server.freeze()
      const cache = await createPredictionCache({ clock: systemClock, redisUrl: server.url })
      await cache.close()
      if (state === 'killed') await server.start()
      else server.thaw()
      await sleep(1500)
      expect(openSockets()).toBe(0)
      expect((await server.ask('CLIENT', 'LIST')).match(/\bid=/g)).toHaveLength(1)
    },
  )

  it('leaves no connection behind when closed while its first one is on its way', async () => {
    const server = await startRedis()
    const impatientClock: Clock = { ...systemClock, setTimer: (callback) => queueMicrotask(callback) }
    const redis = await openRedisKeyv({ url: server.url, namespace: 'tfjs-serving', clock: impatientClock })
    expect(redis.isReady()).toBe(false)
    await redis.disconnect()
    await sleep(300)
    expect(openSockets()).toBe(0)
    expect((await server.ask('CLIENT', 'LIST')).match(/\bid=/g)).toHaveLength(1)
    expect(redis.isReady()).toBe(false)
  })

  it('never hangs on a host that nobody reaches', async () => {
    // TEST-NET-1 (RFC 5737): packets are swallowed or refused
    const port = await freePort()
    const cache = await openCache({ redisUrl: `redis://192.0.2.1:${port}` })
    const { longestMs } = await drive(cache, 100)
    expect(longestMs).toBeLessThan(settlesWithinMs)
  })
})
