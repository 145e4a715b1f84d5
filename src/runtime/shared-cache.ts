// Caching options in; the cache of all predictors of a registry, with what they must share about it, out.

import type { CachingOptions, PredictionCache } from '../cache/cache-port.ts'
import { resolveCaching } from '../cache/caching-options.ts'
import { createPredictionCache } from '../cache/prediction-cache.ts'
import { createSingleFlight, type SingleFlight } from '../cache/single-flight.ts'
import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import type { Prediction } from '../rows/prediction.ts'
import { type CacheWorth, createCacheWorth } from './cache-worth.ts'
import { createRenewals, type Renewals } from './renewals.ts'

export type SharedCache = {
  readonly cache: PredictionCache
  readonly worth: CacheWorth
  /** Equal rows of whichever predictor run once. */
  readonly flights: SingleFlight<Prediction>
  /** Runs in the background that renew stale answers. */
  readonly renewals: Renewals
  /** Ends the runs in the background, then gives the cache's connections back. */
  close(): Promise<void>
}

/**
 * @returns undefined where caching is off
 * @throws VALIDATION_FAILED for options that cannot be
 */
export async function openSharedCache(
  caching: boolean | CachingOptions | undefined,
  clock: Clock,
  publish: Publish,
): Promise<SharedCache | undefined> {
  const resolved = resolveCaching(caching)
  if (resolved === false) return undefined
  const isElsewhere = resolved.redisUrl !== undefined || resolved.keyv !== undefined
  const worth = createCacheWorth(isElsewhere ? 'async' : 'sync')
  const observeLookup = (durationMs: number, rowCount: number): void => worth.recordLookup(durationMs / rowCount)
  const cache = await createPredictionCache({ ...resolved, clock, publish, observeLookup })
  const renewals = createRenewals({ clock, publish })
  return {
    cache,
    worth,
    flights: createSingleFlight<Prediction>(),
    renewals,
    async close() {
      await renewals.close()
      await cache.close()
    },
  }
}
