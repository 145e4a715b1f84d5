// A Keyv in, the user's or one on Redis; a prediction cache out whose failures are misses, counted and published.

import type { Publish } from '../observe/channels.ts'
import type { Clock } from '../observe/clock.ts'
import type { Answer } from '../rows/prediction.ts'
import type { CacheHealth, KeyvLike, PredictionCache } from './cache-port.ts'
import { decodeAnswer, encodeAnswer } from './codec.ts'
import { createKeyvStore } from './keyv-store.ts'
import { freezeDeep } from './memory-store.ts'

/** Characters of answers on their way into the store; more are dropped, so that a slow store cannot fill the memory. */
const maxPendingLength = 16 * 1024 ** 2

export type KeyvCacheOptions = {
  readonly kind: 'keyv' | 'redis'
  readonly keyv: KeyvLike
  readonly clock: Clock
  readonly publish: Publish
  readonly ttlMs: number
  readonly compression: boolean
  /** What every key begins with. */
  readonly keyPrefix: string
  /** False while there is no connection. @default always true */
  readonly isReady?: () => boolean
  /** Gives the connection back, where it is ours. */
  readonly disconnect?: () => Promise<void>
}

export function createKeyvCache(options: KeyvCacheOptions): PredictionCache {
  const { kind, keyv, clock, publish, ttlMs, compression, keyPrefix, disconnect } = options
  let isClosed = false
  const isReady = (): boolean => !isClosed && (options.isReady?.() ?? true)
  const store = createKeyvStore({ keyv, clock, isReady })
  const pendingStores = new Set<Promise<void>>()
  let pendingLength = 0
  const counts = { hits: 0, misses: 0, stores: 0, errors: 0, skipped: 0 }
  let lastError: string | undefined
  let closing: Promise<void> | undefined

  /** A Keyv without `throwOnErrors` tells of failures here only; one without listeners would throw them at nobody. */
  const onError = (error: unknown): void => {
    lastError = textOf(error)
    publish('cacheFault', { operation: 'connection', error })
  }
  keyv.on?.('error', onError)

  function fail(operation: 'get' | 'set' | 'decode' | 'encode', error: unknown): void {
    counts.errors++
    lastError = textOf(error)
    publish('cacheFault', { operation, error })
  }

  async function read(key: string): Promise<Answer | undefined> {
    const reply = await store.get(keyPrefix + key)
    if (reply.kind === 'skipped') counts.skipped++
    if (reply.kind === 'fault') fail('get', reply.error)
    if (reply.kind !== 'value') return undefined
    if (reply.value === undefined || reply.value === null) {
      lastError = undefined
      return undefined
    }
    const decoded = decodeAnswer(reply.value)
    if (!decoded.isAnswer) {
      fail('decode', new Error(`the cache holds a ${decoded.fault} value under one of our keys`))
      return undefined
    }
    lastError = undefined
    freezeDeep(decoded.answer)
    return decoded.answer
  }

  async function write(key: string, text: string): Promise<void> {
    const reply = await store.set(keyPrefix + key, text, ttlMs)
    if (reply.kind === 'skipped') counts.skipped++
    else if (reply.kind === 'fault') fail('set', reply.error)
    else lastError = undefined
  }

  async function flush(): Promise<void> {
    while (pendingStores.size > 0) await Promise.all(pendingStores)
  }

  async function close(): Promise<void> {
    await flush()
    isClosed = true
    keyv.off?.('error', onError)
    try {
      await disconnect?.()
    } catch (error) {
      publish('cacheFault', { operation: 'close', error })
    }
  }

  return {
    mode: 'async',
    keyKind: 'hashed',
    peek: () => undefined,
    async lookup(key) {
      const answer = await read(key)
      if (answer === undefined) counts.misses++
      else counts.hits++
      return answer
    },
    store(key, answer) {
      freezeDeep(answer)
      counts.stores++
      if (!isReady()) {
        counts.skipped++
        return
      }
      let text: string
      try {
        text = encodeAnswer(answer, compression)
      } catch (error) {
        fail('encode', error)
        return
      }
      if (pendingLength + text.length > maxPendingLength) {
        counts.skipped++
        return
      }
      const pending = write(key, text)
      pendingStores.add(pending)
      pendingLength += text.length
      void pending.finally(() => {
        pendingStores.delete(pending)
        pendingLength -= text.length
      })
    },
    flush,
    stats: () => ({ lookups: counts.hits + counts.misses, ...counts }),
    health: (): CacheHealth => ({
      kind,
      isAvailable: isReady() && store.isAvailable,
      ...(lastError === undefined ? {} : { lastError }),
    }),
    close: () => (closing ??= close()),
    [Symbol.asyncDispose]: () => (closing ??= close()),
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
