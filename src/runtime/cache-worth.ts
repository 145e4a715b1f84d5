// Measured lookups and the measured run of a model in; whether asking the cache first pays, out.

/** A key and a Map look-up in memory: about what `node bench/hit.mjs` prints for a hit, with room for wider rows. */
const memoryLookupMs = 0.003

/** Weight of the newest lookup in the running mean: about the last twenty count. */
const newestWeight = 0.05

/** While the cache is passed by, lookups are few and each counts more: about the last four. */
const newestWeightBypassed = 0.25

/**
 * A lookup counts as this many times the mean at most, or as so many milliseconds where the mean is tiny: one pause of
 * this process must not have the cache passed by.
 */
const mostTimesMean = 4
const leastCapMs = 0.05

/** Lookups of which the fastest counts, before there is a mean: connections and JIT make the first ones slow. */
const warmUpLookups = 20

/** While the cache is passed by, one request in this many asks it all the same, so that the mean stays true. */
const probeInterval = 256

export type CacheWorth = {
  /** True where a request may do without the cache; false where `shouldAsk` is to decide, which then says the same. */
  passesBy(runMs: number): boolean
  /** True where this request should ask the cache. */
  shouldAsk(runMs: number): boolean
  /** A call that was answered, divided by the rows it asked for; one that failed tells nothing of what an answer costs. */
  recordLookup(durationMs: number): void
  /** For health: the running mean, and whether the cache is passed by. */
  describe(runMs: number): { readonly lookupMs: number; readonly isBypassed: boolean }
}

/** `sync` caches live in this process and their cost is known; that of `async` ones is measured. */
export function createCacheWorth(mode: 'sync' | 'async'): CacheWorth {
  let meanMs = mode === 'sync' ? memoryLookupMs : 0
  let lookups = 0
  let requests = 0
  let isLatestBypassed = false
  let isProbeDue = false
  const isBypassed = (runMs: number): boolean => (mode === 'sync' || lookups >= warmUpLookups) && meanMs > runMs
  const isProbe = (): boolean => mode === 'async' && ++requests % probeInterval === 0
  return {
    passesBy(runMs) {
      if (!isBypassed(runMs)) return false
      isProbeDue = isProbe()
      return !isProbeDue
    },
    shouldAsk(runMs) {
      isLatestBypassed = isBypassed(runMs)
      if (!isLatestBypassed) return true
      const isDue = isProbeDue || isProbe()
      isProbeDue = false
      return isDue
    },
    recordLookup(durationMs) {
      if (lookups++ < warmUpLookups) {
        meanMs = lookups === 1 ? durationMs : Math.min(meanMs, durationMs)
        return
      }
      const weight = isLatestBypassed ? newestWeightBypassed : newestWeight
      const capMs = Math.max(mostTimesMean * meanMs, leastCapMs)
      meanMs += weight * (Math.min(durationMs, capMs) - meanMs)
    },
    describe: (runMs) => ({ lookupMs: meanMs, isBypassed: isBypassed(runMs) }),
  }
}
