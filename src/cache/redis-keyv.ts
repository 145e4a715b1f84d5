// A Redis URL in; Keyv's adapter for it out, which reads and writes many keys in one round trip.

import type { Clock } from '../observe/clock.ts'
import type { KeyvLike } from './cache-port.ts'
import { type StoredText, wholeTtl } from './keyv-calls.ts'
import { openRedisConnection } from './redis-connection.ts'

export type RedisKeyvOptions = {
  readonly url: string
  readonly namespace: string
  readonly clock: Clock
}

export type RedisKeyv = {
  /** Its error event tells of the connection too. */
  readonly keyv: KeyvLike
  readonly isReady: () => boolean
  /** In one round trip, each with its time to live. */
  readonly writeTexts: (texts: readonly StoredText[], ttlMs: number) => Promise<void>
  readonly disconnect: () => Promise<void>
}

/** Never rejects for a Redis that is down, frozen or refuses us. */
export async function openRedisKeyv({ url, namespace, clock }: RedisKeyvOptions): Promise<RedisKeyv> {
  const { default: KeyvRedis } = await import('@keyv/redis')
  const { client, isReady, onError, offError, close } = await openRedisConnection(url, clock)
  // The adapter itself and no Keyv around it: our texts need no second envelope, and a broken one fails nothing else.
  const store = new KeyvRedis(client, { throwOnErrors: true, namespace })
  // Everything it would tell is thrown by the call or told by the client; without a listener it would throw as well.
  store.on('error', () => {})

  const inNamespace = (key: string): string => store.createKeyPrefix(key, namespace)

  return {
    keyv: {
      get: (key) => store.get(key),
      set: (key, value, ttlMs) => store.set(key, value, ttlMs),
      // The adapter's own puts the values into a map by key first, which costs more than Redis does.
      getMany: (keys) => client.mGet(keys.map(inNamespace)),
      on: (_event, listener) => onError(listener),
      off: (_event, listener) => offError(listener),
    },
    isReady,
    async writeTexts(texts, ttlMs) {
      const ttl = wholeTtl(ttlMs)
      // The adapter's own setMany is a transaction: one that a full queue cuts off would leave the connection within it.
      const pipeline = client.multi()
      for (const { key, text } of texts) pipeline.set(inNamespace(key), text, ttl === undefined ? {} : { PX: ttl })
      await pipeline.execAsPipeline()
    },
    disconnect: close,
  }
}
