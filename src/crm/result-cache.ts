// Keys and results in; the least recently used ones within bounds of count and age, kept, out.

import type { Clock } from '../observe/clock.ts'

export type ResultCacheOptions = {
  readonly ttlMs: number
  /** 0 keeps nothing. */
  readonly maxEntries: number
}

export type ResultCache<Result> = {
  get(key: string): Result | undefined
  set(key: string, result: Result): void
  clear(): void
  readonly entryCount: number
}

/** A Map in the order of use: its first key is the one that has not been used for longest. */
export function createResultCache<Result>(
  { ttlMs, maxEntries }: ResultCacheOptions,
  clock: Clock,
): ResultCache<Result> {
  const entries = new Map<string, { readonly result: Result; readonly expiresAtMs: number }>()
  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      entries.delete(key)
      if (entry.expiresAtMs <= clock.now()) return undefined
      entries.set(key, entry)
      return entry.result
    },
    set(key, result) {
      entries.delete(key)
      if (maxEntries > 0) entries.set(key, { result, expiresAtMs: clock.now() + ttlMs })
      for (const oldest of entries.keys()) {
        if (entries.size <= maxEntries) break
        entries.delete(oldest)
      }
    },
    clear: () => entries.clear(),
    get entryCount() {
      return entries.size
    },
  }
}
