// The realm in, what the engine needs of it out: a clock, a way to wait for the end of this turn, and a hash.

import { type Hash, sha256Hex } from '../artifact/sha256.ts'
import { isNode } from '../backend/host/is-node.ts'
import { type Clock, systemClock } from '../observe/clock.ts'
import type { Tracing } from '../observe/tracing.ts'

export type Platform = {
  readonly clock: Clock
  /** Calls back once the events that are already there have been handled: setImmediate in Node. */
  readonly defer: (callback: () => void) => void
  readonly hash: Hash
  /** Spans of requests and batches. @default OpenTelemetry's, where the application has its API; see the option `tracing` */
  readonly tracing?: Tracing
}

/** What this realm offers; in Node the hash is OpenSSL's, elsewhere portable JavaScript. */
export async function detectPlatform(): Promise<Platform> {
  const hash = isNode() ? (await import('./node-hash.ts')).nodeSha256 : sha256Hex
  return { clock: systemClock, defer: findDefer(), hash }
}

function findDefer(): Platform['defer'] {
  const { setImmediate: immediate } = globalThis as { setImmediate?: (callback: () => void) => unknown }
  if (immediate !== undefined) return (callback) => void immediate(callback)
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  // typed by Node, which gives it no onmessage
  ;(port1 as unknown as { onmessage: () => void }).onmessage = () => waiting.shift()?.()
  return (callback) => {
    waiting.push(callback)
    port2.postMessage(null)
  }
}
