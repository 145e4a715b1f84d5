// What every prediction cache offers, wherever it keeps its answers: lookups that never throw, and counters.

import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import type { Answer } from '../rows/prediction.ts'
import type { KeyKind } from './cache-key.ts'

/** What is used of a Keyv (keyv ^5.6); a user's own fits as it is. */
export interface KeyvLike {
  get(key: string): Promise<unknown>
  set(key: string, value: string, ttlMs?: number): Promise<unknown>
  on?(event: 'error', listener: (error: unknown) => void): unknown
  off?(event: 'error', listener: (error: unknown) => void): unknown
}

export type CachingOptions = {
  /** How long an answer may be given again. @default 300_000 */
  readonly ttlMs?: number
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
}

export type CacheStats = {
  /** Lookups; hits + misses. */
  readonly lookups: number
  readonly hits: number
  /** Lookups that gave nothing, failed ones included. */
  readonly misses: number
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
  /** The latest failure since the last success, if any. */
  readonly lastError?: string
}

export type PredictionCache = {
  /** `sync`: ask with `peek`, which costs no promise. `async`: ask with `lookup`. */
  readonly mode: 'sync' | 'async'
  /** Which keys it takes. */
  readonly keyKind: KeyKind
  /** The frozen answer of `key`. Where the mode is `async`: always undefined, and not counted. */
  peek(key: string): Answer | undefined
  /** The frozen answer of `key`; never rejects, and settles within the deadline of one call. */
  lookup(key: string): Promise<Answer | undefined>
  /** Freezes the answer and keeps it, in the background where the mode is `async`; never throws. */
  store(key: string, answer: Answer): void
  /** Settles when every store so far has been done or dropped. */
  flush(): Promise<void>
  stats(): CacheStats
  health(): CacheHealth
  /** Gives connections back; afterwards every lookup is a miss. A second call does nothing. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
