// A Redis URL in; Keyv's adapter on a connection that fails fast, comes back by itself and closes at once, out.

import type { Clock } from '../observe/clock.ts'
import type { KeyvLike } from './cache-port.ts'
import { type StoredText, wholeTtl } from './keyv-calls.ts'

/** How long opening waits for a first connection; without one the cache starts empty-handed and connects in the background. */
const readyWithinMs = 500

/** How long closing waits for replies under way. */
const closeWithinMs = 200

const firstReconnectMs = 50

/** A cap of one second lets a restarted Redis be used again within two. */
const longestReconnectMs = 1000

export type RedisKeyvOptions = {
  readonly url: string
  readonly namespace: string
  readonly clock: Clock
}

export type RedisKeyv = {
  /** Its error event tells of the connection too, such as of a wrong password, which no call would; the latest at once. */
  readonly keyv: KeyvLike
  readonly isReady: () => boolean
  /** In one round trip, each with its time to live. */
  readonly writeTexts: (texts: readonly StoredText[], ttlMs: number) => Promise<void>
  readonly disconnect: () => Promise<void>
}

/** Never rejects for a Redis that is down, frozen or refuses us. */
export async function openRedisKeyv({ url, namespace, clock }: RedisKeyvOptions): Promise<RedisKeyv> {
  const { default: KeyvRedis, createClient } = await import('@keyv/redis')
  let isClosing = false
  /** True between asking for a connection and having one or failing: only then has the client no socket to destroy. */
  let isConnecting = true
  let latestError: { readonly error: unknown } | undefined

  const client = createClient({
    url,
    // A command without a connection fails instead of waiting for one.
    disableOfflineQueue: true,
    // With the ping an idle connection is never silent, so that silence means a frozen server.
    pingInterval: 500,
    // Replies that a frozen server owes us; each holds its command in memory.
    commandsQueueMaxLength: 2000,
    socket: {
      connectTimeout: 500,
      socketTimeout: 1500,
      reconnectStrategy: (retries: number) =>
        isClosing ? false : Math.min(firstReconnectMs * 2 ** retries, longestReconnectMs) * (0.5 + Math.random() / 2),
    },
  })
  client.on('error', (error: unknown) => {
    isConnecting = false
    latestError = { error }
  })
  client.on('connect', () => {
    isConnecting = false
  })
  client.on('ready', () => {
    latestError = undefined
  })
  client.on('reconnecting', () => {
    isConnecting = true
  })

  await new Promise<void>((resolve) => {
    const timer = clock.setTimer(resolve, readyWithinMs)
    client.once('ready', () => {
      clock.clearTimer(timer)
      resolve()
    })
    // Rejects only once reconnecting has been given up, which is when we close; its errors are events too.
    client.connect().catch(() => {})
  })

  // The adapter itself and no Keyv around it: our texts need no second envelope, and a broken one fails nothing else.
  const store = new KeyvRedis(client, { throwOnErrors: true, namespace })
  // Everything it would tell is thrown by the call or told by the client; without a listener it would throw as well.
  store.on('error', () => {})

  function destroy(): void {
    // destroy throws on a client that is closed already
    if (client.isOpen) client.destroy()
  }

  return {
    keyv: {
      get: (key) => store.get(key),
      set: (key, value, ttlMs) => store.set(key, value, ttlMs),
      getMany: (keys) => store.getMany(keys),
      on(event, listener) {
        client.on(event, listener)
        if (latestError !== undefined) listener(latestError.error)
      },
      off: (event, listener) => client.off(event, listener),
    },
    isReady: () => client.isReady,
    async writeTexts(texts, ttlMs) {
      const ttl = wholeTtl(ttlMs)
      // The adapter's own setMany is a transaction: one that a full queue cuts off would leave the connection within it.
      const pipeline = client.multi()
      for (const { key, text } of texts)
        pipeline.set(store.createKeyPrefix(key, namespace), text, ttl === undefined ? {} : { PX: ttl })
      await pipeline.execAsPipeline()
    },
    async disconnect() {
      isClosing = true
      // A socket that is still connecting belongs to nobody yet: it is destroyed the moment it is the client's.
      if (isConnecting) client.once('connect', () => queueMicrotask(destroy))
      else if (client.isReady) await settledWithin(client.close(), closeWithinMs, clock)
      if (!isConnecting) destroy()
    },
  }
}

function settledWithin(promise: Promise<unknown>, withinMs: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const timer = clock.setTimer(resolve, withinMs)
    const done = (): void => {
      clock.clearTimer(timer)
      resolve()
    }
    promise.then(done, done)
  })
}
