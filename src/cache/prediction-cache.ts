// Caching options in, checked once; a prediction cache in memory, in a user's Keyv or in Redis out.

import { silentPublish } from '../observe/channels.ts'
import type { PredictionCache, PredictionCacheOptions } from './cache-port.ts'
import { resolveCachingOptions } from './caching-options.ts'
import { createMemoryCache } from './memory-cache.ts'

/** Namespace of our keys in a Redis that others use too. */
export const defaultRedisNamespace = 'tfjs-serving'

/**
 * Opens the cache that the options name. A Redis that is down is no error: it is waited for 500 ms, then every lookup
 * misses until it is back.
 * @throws VALIDATION_FAILED where the options contradict themselves
 */
export async function createPredictionCache({
  clock,
  publish = silentPublish,
  epochMs = Date.now,
  observeLookup,
  onChange,
  ...caching
}: PredictionCacheOptions): Promise<PredictionCache> {
  const resolved = resolveCachingOptions(caching)
  const { ttlMs, staleWhileRevalidateMs: staleMs, maxEntries, maxByteLength, compression } = resolved
  const { redisUrl, keyv, keyPrefix } = resolved
  if (redisUrl === undefined && keyv === undefined)
    return createMemoryCache({ clock, ttlMs, staleMs, maxEntries, maxByteLength })
  // Keyv, its Redis client and the codec are loaded by those who use them.
  const { createKeyvCache } = await import('./keyv-cache.ts')
  const shared = { ttlMs, staleMs, compression, clock, epochMs, publish, observeLookup, onChange }
  if (keyv !== undefined) return createKeyvCache({ ...shared, kind: 'keyv', keyv, keyPrefix: keyPrefix ?? '' })
  const { openRedisKeyv } = await import('./redis-keyv.ts')
  const redis = await openRedisKeyv({
    url: redisUrl as string,
    namespace: keyPrefix ?? defaultRedisNamespace,
    clock,
  })
  return createKeyvCache({ ...shared, ...redis, kind: 'redis', keyPrefix: '' })
}
