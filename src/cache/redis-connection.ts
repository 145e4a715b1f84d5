// A Redis URL in; a client that fails fast, comes back by itself, says when it may be used and closes at once, out.

import type { RedisClientType } from '@keyv/redis'
import type { Clock, Timer } from '../observe/clock.ts'
import { isClosedByPeer, isCutOff, isForbiddenPing, isOfDecoder, isReply, unreadableReply } from './redis-errors.ts'

/** How long opening waits for a first connection; without one the cache starts empty-handed and connects in the background. */
const readyWithinMs = 500

/** How long closing waits for replies under way. */
const closeWithinMs = 200

const firstReconnectMs = 50

/**
 * Each connection is pinged, so that silence means a frozen server, a network that swallows, or replies that we lost count
 * of. Both together let a Redis that is well again be used within two seconds, even where the last attempt has just begun.
 */
const longestReconnectMs = 750
const longestSilenceMs = 1000
const pingIntervalMs = 400

/** Input and output come after timers: a reply that is there already is still heard. */
const lastHearingMs = 20

/** Without modules, functions and scripts, by version 2 of the protocol. */
export type RedisClient = RedisClientType<{}, {}, {}, 2, {}>

export type RedisConnection = {
  readonly client: RedisClient
  /** True while there is a connection on which Redis takes commands. */
  readonly isReady: () => boolean
  /** Called each time that Redis takes commands again. */
  onWelcome(listener: () => void): void
  /** What a call failed of: one that was cut off by us says nothing of why. */
  readonly causeOf: (error: unknown) => unknown
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
  /** True from a connection until it may be used. */
  let isShakingHands = false
  /** A connection may be there on which Redis refuses all we ask for. */
  let isWelcome = false
  let latestError: { readonly error: unknown } | undefined
  let pingTimer: Timer
  let anewTimer: Timer
  let pongs = 0
  /** Connections in a row that we gave up before a second ping was answered. */
  let deafInARow = 0
  const errorListeners = new Set<(error: unknown) => void>()
  const welcomeListeners = new Set<() => void>()

  const client = createClient({
    url,
    // A command without a connection fails instead of waiting for one.
    disableOfflineQueue: true,
    // Replies that a frozen server owes us; each holds its command in memory.
    commandsQueueMaxLength: 2000,
    socket: {
      connectTimeout: 500,
      socketTimeout: longestSilenceMs,
      reconnectStrategy: (retries: number) => (isClosing ? false : backoffMs(retries) * (0.5 + Math.random() / 2)),
    },
  })

  function fail(error: unknown): void {
    isWelcome = isConnecting = false
    if (isShakingHands && isClosedByPeer(error)) void sayWhyRefused(error)
    else say(error)
    isShakingHands = false
    // A reply that cannot be read may have had others in it: from here on each command would get another one's.
    if (client.isReady && isOfDecoder(error)) connectAnew()
  }

  function say(given: unknown): void {
    const error = isOfDecoder(given) ? unreadableReply(given) : given
    latestError = { error }
    for (const listener of errorListeners) listener(error)
  }

  async function sayWhyRefused(closed: unknown): Promise<void> {
    const { readRefusal } = await import('./redis-refusal.ts')
    const words = await readRefusal(url)
    if (!isWelcome && !isClosing) say(words === undefined ? closed : new Error(words, { cause: closed }))
  }

  function welcome(): void {
    if (!client.isReady || isWelcome) return
    isWelcome = true
    latestError = undefined
    for (const listener of welcomeListeners) listener()
  }

  /** "ready" says nothing yet: Redis lets us connect without the password that it asks for, and while it still loads. */
  function ping(): void {
    clock.clearTimer(pingTimer)
    const later = (waitMs: number, next: () => void): void => void (pingTimer = clock.setTimer(next, waitMs))
    later(longestSilenceMs, () => later(lastHearingMs, giveUp))
    const heard = (): void => {
      if (++pongs > 1) deafInARow = 0
      clock.clearTimer(pingTimer)
      if (client.isReady) later(pingIntervalMs, ping)
    }
    client.ping().then(
      (reply: unknown) => {
        if (reply !== 'PONG') return fail(new TypeError(`a ping was answered with ${String(reply).slice(0, 40)}`))
        heard()
        welcome()
      },
      (error: unknown) => {
        // the connection's own end is an event too
        if (!isReply(error)) return
        heard()
        if (isForbiddenPing(error)) welcome()
        else fail(error)
      },
    )
  }

  function giveUp(): void {
    if (!client.isReady) return
    say(new Error(`a ping got no reply within ${longestSilenceMs} ms`))
    connectAnew()
  }

  function connectAnew(): void {
    if (!client.isReady || isClosing) return
    isWelcome = false
    client.destroy()
    clock.clearTimer(pingTimer)
    anewTimer = clock.setTimer(connect, backoffMs(deafInARow++))
  }

  function connect(): void {
    isConnecting = true
    // Rejects only once reconnecting has been given up, which is when we close it or give it up; its errors are events too.
    client.connect().catch(() => {})
  }

  client.on('error', fail)
  client.on('connect', () => {
    isConnecting = false
    isShakingHands = true
  })
  client.on('reconnecting', () => void (isConnecting = true))
  client.on('ready', () => {
    isShakingHands = false
    pongs = 0
    ping()
  })

  await new Promise<void>((resolve) => {
    const open = (): void => {
      clock.clearTimer(openTimer)
      welcomeListeners.delete(open)
      resolve()
    }
    const openTimer = clock.setTimer(open, readyWithinMs)
    welcomeListeners.add(open)
    connect()
  })

  function destroy(): void {
    // destroy throws on a client that is closed already
    if (client.isOpen) client.destroy()
  }

  return {
    client,
    isReady: () => isWelcome && client.isReady,
    causeOf: (error) => (isCutOff(error) ? (latestError?.error ?? error) : error),
    onWelcome: (listener) => void welcomeListeners.add(listener),
    onError(listener) {
      errorListeners.add(listener)
      if (latestError !== undefined) listener(latestError.error)
    },
    offError: (listener) => void errorListeners.delete(listener),
    async close() {
      isClosing = true
      clock.clearTimer(pingTimer)
      clock.clearTimer(anewTimer)
      // A socket that is still connecting belongs to nobody yet: it is destroyed the moment it is the client's.
      if (isConnecting) client.once('connect', () => queueMicrotask(destroy))
      else if (client.isReady) await settledWithin(client.close(), closeWithinMs, clock)
      if (!isConnecting) destroy()
      // closing hears the last replies
      clock.clearTimer(pingTimer)
    },
  }
}

function backoffMs(retries: number): number {
  return Math.min(firstReconnectMs * 2 ** retries, longestReconnectMs)
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
