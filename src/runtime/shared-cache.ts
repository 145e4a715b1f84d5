// Caching options in; the cache of all predictors of a registry, with what they must share about it, out.

import type { PredictionCache } from '../cache/cache-port.ts'
import type { ResolvedCaching } from '../cache/caching-options.ts'
import { createPredictionCache } from '../cache/prediction-cache.ts'
import { createSingleFlight, type SingleFlight } from '../cache/single-flight.ts'
import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import { type Logger, silentLogger } from '../observe/logger.ts'
import type { Prediction } from '../rows/prediction.ts'
import { createCacheLog } from './cache-log.ts'
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

/** @returns undefined where caching is off */
export async function openSharedCache(
  caching: false | ResolvedCaching,
  clock: Clock,
  publish: Publish,
  logger: Logger = silentLogger,
): Promise<SharedCache | undefined> {
  if (caching === false) return undefined
  const isElsewhere = caching.redisUrl !== undefined || caching.keyv !== undefined
  const worth = createCacheWorth(isElsewhere ? 'async' : 'sync')
  const observeLookup = (durationMs: number, rowCount: number): void => worth.recordLookup(durationMs / rowCount)
  const onChange = createCacheLog(logger, caching.redisUrl === undefined ? 'keyv' : 'redis')
  const cache = await createPredictionCache({ ...caching, clock, publish, observeLookup, onChange })
  const renewals = createRenewals({ clock, publish })
  return {
    cache,
    worth,
    flights: createSingleFlight<Prediction>(clock),
    renewals,
    async close() {
      await renewals.close()
      await cache.close()
    },
  }
}
