// A Keyv in, the user's or one on Redis; a prediction cache out whose failures are misses, counted and published.

import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import { type BulkReply, createBulkLane } from './bulk-lane.ts'
import { createCacheFaults } from './cache-faults.ts'
import type { CacheChange, CacheHealth, Found, KeyvLike, PredictionCache } from './cache-port.ts'
import { encodeAnswer } from './codec.ts'
import { hiddenErrorsWarning, hidesErrors } from './hidden-errors.ts'
import { keysPerRead, readMany, type StoredText, textsPerWrite, writeMany } from './keyv-calls.ts'
import { freezeDeep } from './memory-store.ts'
import { damagedValue, readAnswer } from './stored-answer.ts'

/** A hundred times what Redis takes on the same machine, and less than anyone notices. */
const lookupDeadlineMs = 50

/** Nobody waits for a store but the one who closes. */
const storeDeadlineMs = 150

/** Characters of answers on their way into the store; more are dropped, so that a slow store cannot fill the memory. */
const maxPendingLength = 16 * 1024 ** 2

export type KeyvCacheOptions = {
  readonly kind: 'keyv' | 'redis'
  readonly keyv: KeyvLike
  readonly clock: Clock
  readonly epochMs: () => number
  readonly publish: Publish
  readonly observeLookup?: (durationMs: number, rowCount: number) => void
  readonly onChange?: (change: CacheChange) => void
  readonly ttlMs: number
  readonly staleMs: number
  readonly compression: boolean
  /** What every key begins with. */
  readonly keyPrefix: string
  /** False while there is no connection. @default always true */
  readonly isReady?: () => boolean
  /** Calls back whenever there is a new connection. */
  readonly onConnected?: (listener: () => void) => void
  /** What to do about a failure, by the store's own words for it. */
  readonly remedyFor?: (words: string) => string | undefined
  /** Writes many texts at once. @default each by itself */
  readonly writeTexts?: (texts: readonly StoredText[], ttlMs: number) => Promise<void>
  /** Gives the connection back, where it is ours. */
  readonly disconnect?: () => Promise<void>
}

type Lookup = { readonly key: string; readonly resolve: (found: Found | undefined) => void }

export function createKeyvCache(options: KeyvCacheOptions): PredictionCache {
  const { kind, keyv, clock, epochMs, publish, observeLookup, ttlMs, staleMs, compression, keyPrefix } = options
  const { writeTexts = (texts, forMs) => writeMany(keyv, texts, forMs), disconnect } = options
  const { onChange = () => {}, remedyFor = () => undefined } = options
  const faults = createCacheFaults({ clock, publish, onChange, remedyFor })
  const isHidingErrors = hidesErrors(keyv)
  const counts = { hits: 0, misses: 0, stale: 0, revalidations: 0, stores: 0, errors: 0, skipped: 0 }
  let isClosed = false
  let closing: Promise<void> | undefined
  let pendingLength = 0
  let pendingStores = 0
  const onFlushed: (() => void)[] = []
  const isReady = (): boolean => !isClosed && (options.isReady?.() ?? true)

  const lookups = createBulkLane<Lookup, readonly unknown[]>({
    clock,
    isReady,
    maxItemsPerCall: keysPerRead(keyv),
    deadlineMs: lookupDeadlineMs,
    isWaitedFor: true,
    call: (items) =>
      readMany(
        keyv,
        items.map(({ key }) => keyPrefix + key),
      ),
    settle: settleLookups,
  })
  const stores = createBulkLane<StoredText, void>({
    clock,
    isReady,
    maxItemsPerCall: textsPerWrite,
    deadlineMs: storeDeadlineMs,
    isWaitedFor: false,
    call: (texts) => writeTexts(texts, ttlMs + staleMs),
    settle: settleStores,
  })

  /** A Keyv without `throwOnErrors` tells of failures here only; one without listeners would throw them at nobody. */
  const onError = (error: unknown): void => faults.record('connection', error)
  keyv.on?.('error', onError)
  options.onConnected?.(() => faults.clear('connection'))

  function settleLookups(items: readonly Lookup[], reply: BulkReply<readonly unknown[]>): void {
    if (reply.kind === 'values') {
      // nobody waited for a probe
      if (items.length > 0) {
        observeLookup?.(reply.durationMs, items.length)
        readAnswers(items, reply.values)
      }
      // A Keyv that hides its errors says undefined for them too.
      if (!isHidingErrors || reply.values.some((value) => value !== undefined)) faults.clear('get')
      return
    }
    for (const { resolve } of items) resolve(count(undefined))
    recordFailure('get', items.length, reply)
  }

  function readAnswers(items: readonly Lookup[], values: readonly unknown[]): void {
    const nowMs = epochMs()
    let damage: string | undefined
    let isAnyWell = false
    for (let i = 0; i < items.length; i++) {
      const found = readAnswer(values[i], { key: items[i].key, nowMs, ttlMs, staleMs })
      if (typeof found !== 'string') isAnyWell ||= found !== undefined
      else {
        counts.errors++
        damage ??= found
      }
      items[i].resolve(count(typeof found === 'string' ? undefined : found))
    }
    if (damage !== undefined) faults.record('decode', damagedValue(damage))
    else if (isAnyWell) faults.clear('value')
  }

  function count(found: Found | undefined): Found | undefined {
    if (found === undefined) counts.misses++
    else counts.hits++
    if (found?.isStale === true) counts.stale++
    return found
  }

  function recordFailure(operation: 'get' | 'set', items: number, reply: BulkReply<unknown>): void {
    if (reply.kind === 'skipped') counts.skipped += items
    if (reply.kind !== 'fault') return
    counts.errors += items
    faults.record(operation, reply.error)
  }

  function settleStores(texts: readonly StoredText[], reply: BulkReply<void>): void {
    if (reply.kind === 'values') faults.clear('set')
    else recordFailure('set', texts.length, reply)
    for (const { text } of texts) pendingLength -= text.length
    pendingStores -= texts.length
    if (pendingStores === 0) for (const notify of onFlushed.splice(0)) notify()
  }

  function encode(key: string, answer: Parameters<PredictionCache['store']>[1]): string | undefined {
    try {
      return encodeAnswer(answer, { key, storedAtMs: epochMs(), isCompressed: compression })
    } catch (error) {
      counts.errors++
      faults.record('encode', error)
      return undefined
    }
  }

  function flush(): Promise<void> {
    if (pendingStores === 0) return Promise.resolve()
    return new Promise((resolve) => onFlushed.push(resolve))
  }

  async function close(): Promise<void> {
    await flush()
    isClosed = true
    keyv.off?.('error', onError)
    try {
      await disconnect?.()
    } catch (error) {
      faults.record('close', error)
    }
  }

  return {
    mode: 'async',
    keyKind: 'hashed',
    peek: () => undefined,
    lookup: (key) => new Promise((resolve) => lookups.push({ key, resolve })),
    store(key, answer) {
      freezeDeep(answer)
      counts.stores++
      const text = isReady() ? encode(key, answer) : void counts.skipped++
      if (text === undefined) return
      if (pendingLength + text.length > maxPendingLength) {
        counts.skipped++
        return
      }
      pendingLength += text.length
      pendingStores++
      stores.push({ key: keyPrefix + key, text })
    },
    recordRevalidation: () => void counts.revalidations++,
    flush,
    stats: () => ({ lookups: counts.hits + counts.misses, ...counts }),
    health: (): CacheHealth => ({
      kind,
      isAvailable: isReady() && lookups.isAvailable,
      ...(faults.lastError === undefined ? {} : { lastError: faults.lastError }),
      ...(isHidingErrors ? { warning: hiddenErrorsWarning } : {}),
    }),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  }
}
