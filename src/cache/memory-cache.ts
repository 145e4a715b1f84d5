// Bounds in; a prediction cache in this process's memory out, answering within a microsecond and without promises.

import type { Clock } from '../observe/clock.ts'
import type { Found, PredictionCache } from './cache-port.ts'
import { createMemoryStore } from './memory-store.ts'

export type MemoryCacheOptions = {
  readonly clock: Clock
  readonly ttlMs: number
  readonly staleMs: number
  readonly maxEntries: number
  readonly maxByteLength: number
}

export function createMemoryCache(options: MemoryCacheOptions): PredictionCache {
  const store = createMemoryStore(options)
  let hits = 0
  let misses = 0
  let stale = 0
  let revalidations = 0
  let stores = 0
  let isClosed = false

  function peek(key: string): Found | undefined {
    const found = store.get(key)
    if (found === undefined) misses++
    else {
      hits++
      if (found.isStale) stale++
    }
    return found
  }

  function close(): Promise<void> {
    isClosed = true
    store.clear()
    return Promise.resolve()
  }

  return {
    mode: 'sync',
    keyKind: 'exact',
    peek,
    lookup: (key) => Promise.resolve(peek(key)),
    store(key, answer) {
      if (isClosed) return
      stores++
      store.set(key, answer)
    },
    recordRevalidation: () => void revalidations++,
    flush: () => Promise.resolve(),
    stats: () => ({
      lookups: hits + misses,
      hits,
      misses,
      stale,
      revalidations,
      stores,
      errors: 0,
      skipped: 0,
      entryCount: store.entryCount,
      byteLength: store.byteLength,
      evictionCount: store.evictionCount,
    }),
    health: () => ({ kind: 'memory', isAvailable: !isClosed }),
    close,
    [Symbol.asyncDispose]: close,
  }
}
