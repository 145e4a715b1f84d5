// A Redis URL in; a client that fails fast, comes back by itself, says when it may be used and closes at once, out.

import type { RedisClientType } from '@keyv/redis'
import type { Clock } from '../observe/clock.ts'

/** How long opening waits for a first connection; without one the cache starts empty-handed and connects in the background. */
const readyWithinMs = 500

/** How long closing waits for replies under way. */
const closeWithinMs = 200

const firstReconnectMs = 50

/** A cap of one second lets a restarted Redis be used again within two. */
const longestReconnectMs = 1000

/** With the ping an idle connection is never silent, so that silence means a frozen server. */
const pingIntervalMs = 500
const longestSilenceMs = 1500

/** Without modules, functions and scripts, by version 2 of the protocol. */
export type RedisClient = RedisClientType<{}, {}, {}, 2, {}>

export type RedisConnection = {
  readonly client: RedisClient
  /** True while there is a connection on which Redis takes commands. */
  readonly isReady: () => boolean
  /** Tells of what no call would, such as of a wrong password; the latest at once. */
  onError(listener: (error: unknown) => void): void
  offError(listener: (error: unknown) => void): void
  close(): Promise<void>
}

/** Never rejects for a Redis that is down, frozen or refuses us. */
export async function openRedisConnection(url: string, clock: Clock): Promise<RedisConnection> {
  const { createClient } = await import('@keyv/redis')
  let isClosing = false
  /** True between asking for a connection and having one or failing: only then has the client no socket to destroy. */
  let isConnecting = true
  /** A connection may be there on which Redis refuses all we ask for. */
  let isWelcome = false
  let latestError: { readonly error: unknown } | undefined
  const listeners = new Set<(error: unknown) => void>()

  const client = createClient({
    url,
    // A command without a connection fails instead of waiting for one.
    disableOfflineQueue: true,
    pingInterval: pingIntervalMs,
    // Replies that a frozen server owes us; each holds its command in memory.
    commandsQueueMaxLength: 2000,
    socket: {
      connectTimeout: 500,
      socketTimeout: longestSilenceMs,
      reconnectStrategy: (retries: number) =>
        isClosing ? false : Math.min(firstReconnectMs * 2 ** retries, longestReconnectMs) * (0.5 + Math.random() / 2),
    },
  })

  function fail(error: unknown): void {
    isConnecting = false
    if (isForbiddenPing(error)) return welcome()
    isWelcome = false
    latestError = { error }
    for (const listener of listeners) listener(error)
  }

  function welcome(): void {
    if (!client.isReady || isWelcome) return
    isWelcome = true
    latestError = undefined
    onWelcome()
  }

  let onWelcome = (): void => {}
  client.on('error', fail)
  client.on('connect', () => void (isConnecting = false))
  client.on('reconnecting', () => void (isConnecting = true))
  client.on('ping-interval', welcome)
  // "ready" says nothing yet: Redis lets us connect without the password that it asks for, and while it still loads.
  client.on('ready', () => void client.ping().then(welcome, fail))

  await new Promise<void>((resolve) => {
    const timer = clock.setTimer(resolve, readyWithinMs)
    onWelcome = () => {
      clock.clearTimer(timer)
      resolve()
    }
    // Rejects only once reconnecting has been given up, which is when we close; its errors are events too.
    client.connect().catch(() => {})
  })

  function destroy(): void {
    // destroy throws on a client that is closed already
    if (client.isOpen) client.destroy()
  }

  return {
    client,
    isReady: () => isWelcome && client.isReady,
    onError(listener) {
      listeners.add(listener)
      if (latestError !== undefined) listener(latestError.error)
    },
    offError: (listener) => void listeners.delete(listener),
    async close() {
      isClosing = true
      // A socket that is still connecting belongs to nobody yet: it is destroyed the moment it is the client's.
      if (isConnecting) client.once('connect', () => queueMicrotask(destroy))
      else if (client.isReady) await settledWithin(client.close(), closeWithinMs, clock)
      if (!isConnecting) destroy()
    },
  }
}

/** A user of Redis' access lists who may read and write may still be forbidden to ping. */
function isForbiddenPing(error: unknown): boolean {
  return error instanceof Error && /^NOPERM .*\bping\b/i.test(error.message)
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
