// What every prediction cache offers, wherever it keeps its answers: lookups that never throw, and counters.

import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import type { Answer } from '../rows/prediction.ts'
import type { KeyKind } from './cache-key.ts'

/** What is used of a Keyv (keyv ^5.6); a user's own fits as it is. */
export interface KeyvLike {
  get(key: string): Promise<unknown>
  /** A reply of false counts as a failure. */
  set(key: string, value: string, ttlMs?: number): Promise<unknown>
  /** Used for many keys at once, unless `store` is known and has none: Keyv's own substitute swallows errors. */
  getMany?(keys: string[]): Promise<readonly unknown[]>
  readonly store?: unknown
  readonly throwOnErrors?: boolean
  on?(event: 'error', listener: (error: unknown) => void): unknown
  off?(event: 'error', listener: (error: unknown) => void): unknown
}

export type CachingOptions = {
  /** How long an answer may be given again. @default 300_000 */
  readonly ttlMs?: number
  /**
   * How long after `ttlMs` an answer is still given at once while one run in the background renews it. @default 0
   */
  readonly staleWhileRevalidateMs?: number
  /** Bound of the cache in memory. @default 10_000 */
  readonly maxEntries?: number
  /** Bound of the cache in memory, estimated. @default 64 MiB */
  readonly maxByteLength?: number
  /** `redis://` or `rediss://`: keeps answers in Redis instead of in memory. */
  readonly redisUrl?: string
  /** Keeps answers in this Keyv instead, best one made with `throwOnErrors: true`. It is never closed by us. */
  readonly keyv?: KeyvLike
  /** Namespace in Redis, or what keys in a Keyv begin with. @default 'tfjs-serving' in Redis, nothing in a Keyv */
  readonly keyPrefix?: string
  /** Whether large answers are compressed in Redis or a Keyv where that makes them smaller. @default true */
  readonly compression?: boolean
}

export type PredictionCacheOptions = CachingOptions & {
  readonly clock: Clock
  readonly publish?: Publish
  /** Time of day in milliseconds since 1970, which processes that share a store compare. @default Date.now */
  readonly epochMs?: () => number
  /** Told of each call that looked up rows outside of this process, and was answered. */
  readonly observeLookup?: (durationMs: number, rowCount: number) => void
  /** Told once when the store begins to fail, or to fail in another way, and once it works again. */
  readonly onChange?: (change: CacheChange) => void
}

export type CacheOperation = 'get' | 'set' | 'connection' | 'decode' | 'encode' | 'close'

export type CacheChange =
  | { readonly kind: 'well' }
  | {
      readonly kind: 'failing'
      readonly operation: CacheOperation
      readonly error: unknown
      /** What to do about it, where that is known. */
      readonly remedy?: string
    }

export type CacheStats = {
  /** Lookups; hits + misses. */
  readonly lookups: number
  readonly hits: number
  /** Lookups that gave nothing, failed ones included. */
  readonly misses: number
  /** Hits older than `ttlMs`; among `hits`. */
  readonly stale: number
  /** Runs in the background that renewed, or tried to renew, a stale answer. */
  readonly revalidations: number
  /** Answers handed in to be stored. */
  readonly stores: number
  /** Lookups and stores that were tried and failed: each was a miss, or an answer not stored. */
  readonly errors: number
  /** Lookups and stores not even tried, since the store was not available. */
  readonly skipped: number
  /** Memory only. */
  readonly entryCount?: number
  readonly byteLength?: number
  readonly evictionCount?: number
}

export type CacheHealth = {
  readonly kind: 'memory' | 'keyv' | 'redis'
  /** False while lookups are not even tried: not connected, or failing in a row. */
  readonly isAvailable: boolean
  /** The latest failure of lookups or stores since their last success, if any: the store's own words, and what to do. */
  readonly lastError?: string
  /** What keeps this health from being the whole truth, and how to change that. */
  readonly warning?: string
}

/** What a lookup found. */
export type Found = {
  /** Frozen. */
  readonly answer: Answer
  /** True for an answer older than `ttlMs`: whoever gets it should have it renewed. */
  readonly isStale: boolean
}

export type PredictionCache = {
  /** `sync`: ask with `peek`, which costs no promise. `async`: ask with `lookup`. */
  readonly mode: 'sync' | 'async'
  /** Which keys it takes. */
  readonly keyKind: KeyKind
  /** What is kept under `key`, to be read at once. Where the mode is `async`: always undefined, and not counted. */
  peek(key: string): Found | undefined
  /**
   * What is kept under `key`; never rejects, and settles within the deadline of one call. Keys that are asked for in
   * the same turn share a call.
   */
  lookup(key: string): Promise<Found | undefined>
  /** Freezes the answer and keeps it, in the background where the mode is `async`; never throws. */
  store(key: string, answer: Answer): void
  /** Counts a run that renews a stale answer. */
  recordRevalidation(): void
  /** Settles when every store so far has been done or dropped. */
  flush(): Promise<void>
  stats(): CacheStats
  health(): CacheHealth
  /** Gives connections back; afterwards every lookup is a miss. A second call does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
