// Measured lookups and the measured run of a model in; whether asking the cache first pays, out.

/** A key and a Map look-up in memory: measured 1.5–3 µs for rows of 20 values. */
const memoryLookupMs = 0.003

/** Weight of the newest lookup in the running mean: about the last twenty count. */
const newestWeight = 0.05

/** Lookups before the mean is believed; connections and JIT make the first ones slow. */
const warmUpLookups = 20

/** While the cache is passed by, one request in this many asks it all the same, so that the mean stays true. */
const probeInterval = 256

export type CacheWorth = {
  /** True where this request should ask the cache. */
  shouldAsk(runMs: number): boolean
  recordLookup(durationMs: number): void
  /** For health: the running mean, and whether the cache is passed by. */
  describe(runMs: number): { readonly lookupMs: number; readonly isBypassed: boolean }
}

/** `sync` caches live in this process and their cost is known; that of `async` ones is measured. */
export function createCacheWorth(mode: 'sync' | 'async'): CacheWorth {
  let meanMs = mode === 'sync' ? memoryLookupMs : 0
  let lookups = 0
  let requests = 0
  const isBypassed = (runMs: number): boolean => (mode === 'sync' || lookups >= warmUpLookups) && meanMs > runMs
  return {
    shouldAsk: (runMs) => !isBypassed(runMs) || (mode === 'async' && ++requests % probeInterval === 0),
    recordLookup(durationMs) {
      meanMs = lookups++ === 0 ? durationMs : meanMs + newestWeight * (durationMs - meanMs)
    },
    describe: (runMs) => ({ lookupMs: meanMs, isBypassed: isBypassed(runMs) }),
  }
}
