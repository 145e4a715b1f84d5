// Rows and batches of one model in, each counted for the version that had it; what all versions did, and each of them, out.

import { type ModelStatsSnapshot, type StatsOptions, VersionStats } from './version-stats.ts'

/** Rows for which no version was loaded. */
export const noVersion = ''

/** What the versions that were forgotten have done, so that no sum ever goes back. Not a version: those begin with a digit. */
export const olderVersions = 'older'

/** Versions are remembered after they were unloaded, since a counter that is scraped must not start anew: at most so many. */
const mostVersions = 16

export type ModelStats = {
  /** Counters of one version, for as long as it is in use; the same ones when it comes back. */
  of(version: string): VersionStats
  /** Sums the oldest of those versions up that are not in use and more than can be remembered. */
  forgetUnused(isInUse: (version: string) => boolean): void
  /** All versions together. */
  snapshot(): ModelStatsSnapshot
  /** Each version that has been loaded, the newest last; `noVersion` where rows found none. */
  versions(): readonly (readonly [version: string, stats: VersionStats])[]
}

export function createModelStats(options: StatsOptions): ModelStats {
  const versions = new Map<string, VersionStats>()

  function of(version: string): VersionStats {
    const stats = versions.get(version) ?? new VersionStats(options)
    // the last one asked for is the last one forgotten
    versions.delete(version)
    versions.set(version, stats)
    return stats
  }

  return {
    of,
    forgetUnused(isInUse) {
      for (const [version, stats] of versions) {
        if (versions.size <= mostVersions) return
        if (version === noVersion || version === olderVersions || isInUse(version)) continue
        versions.delete(version)
        of(olderVersions).merge(stats)
      }
    },
    snapshot() {
      if (versions.size === 1) for (const stats of versions.values()) return stats.snapshot()
      const all = new VersionStats(options)
      for (const stats of versions.values()) all.merge(stats)
      return all.snapshot()
    },
    versions: () => [...versions],
  }
}
