// A Redis URL in; Keyv's adapter for it out, which reads and writes many keys in one round trip.

import type { Clock } from '../observe/clock.ts'
import type { KeyvLike } from './cache-port.ts'
import { type StoredText, wholeTtl } from './keyv-calls.ts'
import { openRedisConnection } from './redis-connection.ts'
import { createRedisRemedy } from './redis-remedies.ts'

/** What replies of values begin with, "$", as the client numbers their types. */
const bulkString = 36

/** No answer comes near it. */
const longestTextBytes = 32 * 1024 ** 2

export type RedisKeyvOptions = {
  readonly url: string
  readonly namespace: string
  readonly clock: Clock
}

export type RedisKeyv = {
  /** Its error event tells of the connection too. */
  readonly keyv: KeyvLike
  readonly isReady: () => boolean
  /** Called whenever Redis takes commands on a new connection. */
  readonly onConnected: (listener: () => void) => void
  readonly remedyFor: (words: string) => string | undefined
  /** In one round trip, each with its time to live. */
  readonly writeTexts: (texts: readonly StoredText[], ttlMs: number) => Promise<void>
  readonly disconnect: () => Promise<void>
}

/** Never rejects for a Redis that is down, frozen or refuses us. */
export async function openRedisKeyv({ url, namespace, clock }: RedisKeyvOptions): Promise<RedisKeyv> {
  const { default: KeyvRedis } = await import('@keyv/redis')
  const { client, isReady, causeOf, onWelcome, onError, offError, close } = await openRedisConnection(url, clock)
  // The adapter itself and no Keyv around it: our texts need no second envelope, and a broken one fails nothing else.
  const store = new KeyvRedis(client, { throwOnErrors: true, namespace })
  // Everything it would tell is thrown by the call or told by the client; without a listener it would throw as well.
  store.on('error', () => {})

  /** Bytes: one text of 64 MiB that somebody put under a key of ours would hold this thread up for twice as long. */
  const reader = client.withTypeMapping({ [bulkString]: Buffer })

  const inNamespace = (key: string): string => store.createKeyPrefix(key, namespace)

  async function saidRight<Reply>(reply: Promise<Reply>): Promise<Reply> {
    try {
      return await reply
    } catch (error) {
      throw causeOf(error)
    }
  }

  return {
    keyv: {
      get: async (key) => textOf(await saidRight(reader.get(inNamespace(key)))),
      set: (key, value, ttlMs) => saidRight(store.set(key, value, ttlMs)),
      // The adapter's own puts the values into a map by key first, which costs more than Redis does.
      async getMany(keys) {
        const values: unknown = await saidRight(reader.mGet(keys.map(inNamespace)))
        return Array.isArray(values) ? values.map(textOf) : []
      },
      on: (_event, listener) => onError(listener),
      off: (_event, listener) => offError(listener),
    },
    isReady,
    onConnected: onWelcome,
    remedyFor: createRedisRemedy({ user: userOf(url), keys: `~${inNamespace('*')}` }),
    async writeTexts(texts, ttlMs) {
      const ttl = wholeTtl(ttlMs)
      // The adapter's own setMany is a transaction: one that a full queue cuts off would leave the connection within it.
      const pipeline = client.multi()
      for (const { key, text } of texts) pipeline.set(inNamespace(key), text, ttl === undefined ? {} : { PX: ttl })
      await saidRight(pipeline.execAsPipeline())
    },
    disconnect: close,
  }
}

/** What is too long for an answer stays bytes, which are none. */
function textOf(value: unknown): unknown {
  return Buffer.isBuffer(value) && value.length <= longestTextBytes ? value.toString() : value
}

function userOf(url: string): string {
  const { username } = new URL(url)
  return username === '' ? 'default' : decodeURIComponent(username)
}
