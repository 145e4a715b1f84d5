// Caching options in; the cache of all predictors of a registry, with what they must share about it, out.

import type { CachingOptions, PredictionCache } from '../cache/cache-port.ts'
import { createPredictionCache } from '../cache/prediction-cache.ts'
import { createSingleFlight, type SingleFlight } from '../cache/single-flight.ts'
import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import type { Prediction } from '../rows/prediction.ts'
import { type CacheWorth, createCacheWorth } from './cache-worth.ts'

export type SharedCache = {
  readonly cache: PredictionCache
  readonly worth: CacheWorth
  /** Equal rows of whichever predictor run once. */
  readonly flights: SingleFlight<Prediction>
}

/** @returns undefined where caching is off */
export async function openSharedCache(
  caching: false | CachingOptions,
  clock: Clock,
  publish: Publish,
): Promise<SharedCache | undefined> {
  if (caching === false) return undefined
  const cache = await createPredictionCache({ ...caching, clock, publish })
  return { cache, worth: createCacheWorth(cache.mode), flights: createSingleFlight<Prediction>() }
}
