// Caching options in, checked once; a prediction cache in memory, in a user's Keyv or in Redis out.

import { createError } from '../errors.ts'
import { silentPublish } from '../observe/channels.ts'
import type { CachingOptions, PredictionCache, PredictionCacheOptions } from './cache-port.ts'
import { createMemoryCache } from './memory-cache.ts'

export const cachingDefaults = {
  ttlMs: 300_000,
  maxEntries: 10_000,
  /** 10,000 small answers take about 6 MiB; this bounds what wide rows and vectors may take. */
  maxByteLength: 64 * 1024 ** 2,
  compression: true,
} as const

/** Namespace of our keys in a Redis that others use too. */
export const defaultRedisNamespace = 'tfjs-serving'

/**
 * Opens the cache that the options name. A Redis that is down is no error: it is waited for 500 ms, then every lookup
 * misses until it is back.
 * @throws VALIDATION_FAILED where the options contradict themselves
 */
export async function createPredictionCache(options: PredictionCacheOptions): Promise<PredictionCache> {
  const { redisUrl, keyv, keyPrefix, clock, publish = silentPublish } = options
  const { ttlMs, maxEntries, maxByteLength, compression } = resolveCachingOptions(options)
  if (redisUrl === undefined && keyv === undefined)
    return createMemoryCache({ clock, ttlMs, maxEntries, maxByteLength })
  // Keyv, its Redis client and the codec are loaded by those who use them.
  const { createKeyvCache } = await import('./keyv-cache.ts')
  const shared = { ttlMs, compression, clock, publish }
  if (keyv !== undefined) return createKeyvCache({ ...shared, kind: 'keyv', keyv, keyPrefix: keyPrefix ?? '' })
  const { openRedisKeyv } = await import('./redis-keyv.ts')
  const redis = await openRedisKeyv({
    url: redisUrl as string,
    namespace: keyPrefix ?? defaultRedisNamespace,
    clock,
  })
  return createKeyvCache({ ...shared, ...redis, kind: 'redis', keyPrefix: '' })
}

function resolveCachingOptions(options: CachingOptions) {
  const { redisUrl, keyv } = options
  const resolved = {
    ttlMs: options.ttlMs ?? cachingDefaults.ttlMs,
    maxEntries: options.maxEntries ?? cachingDefaults.maxEntries,
    maxByteLength: options.maxByteLength ?? cachingDefaults.maxByteLength,
    compression: options.compression ?? cachingDefaults.compression,
  }
  assertCaching(resolved.ttlMs > 0, 'ttlMs', 'a number of milliseconds above 0', resolved.ttlMs)
  assertCaching(
    Number.isInteger(resolved.maxEntries) && resolved.maxEntries > 0,
    'maxEntries',
    'an integer above 0',
    resolved.maxEntries,
  ) // prettier-ignore
  assertCaching(resolved.maxByteLength > 0, 'maxByteLength', 'a number of bytes above 0', resolved.maxByteLength)
  assertCaching(redisUrl === undefined || keyv === undefined, 'redisUrl', 'redisUrl or keyv, not both', 'both')
  // The URL may hold a password: it is never part of a text.
  assertCaching(
    redisUrl === undefined || isRedisUrl(redisUrl),
    'redisUrl',
    "'redis://host:port' or 'rediss://…'",
    'another text',
  ) // prettier-ignore
  assertCaching(
    keyv === undefined || (typeof keyv.get === 'function' && typeof keyv.set === 'function'),
    'keyv',
    'a Keyv, with get and set',
    typeof keyv,
  )
  return resolved
}

function isRedisUrl(url: string): boolean {
  return URL.canParse(url) && ['redis:', 'rediss:'].includes(new URL(url).protocol)
}

function assertCaching(holds: boolean, option: string, expected: string, got: unknown): void {
  if (holds) return
  throw createError('VALIDATION_FAILED', `caching.${option}: expected ${expected}, got ${String(got)}`, {
    details: { option: `caching.${option}` },
  })
}
