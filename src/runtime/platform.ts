// The realm in, what the engine needs of it out: a clock, a way to wait for the end of this turn, and a hash.

import type { Hash } from '../artifact/sha256.ts'
import type { TuningStore } from '../backend/choice/tuning.ts'
import { isNode } from '../backend/host/is-node.ts'
import { type Clock, systemClock } from '../observe/clock.ts'
import type { Tracing } from '../observe/tracing.ts'
import { createLateTunings } from './late-tunings.ts'

export type Platform = {
  readonly clock: Clock
  /** Calls back once the events that are already there have been handled: setImmediate in Node. */
  readonly defer: (callback: () => void) => void
  readonly hash: Hash
  /** Spans of requests and batches. @default OpenTelemetry's, where the application has its API; see the option `tracing` */
  readonly tracing?: Tracing
  /** What backends cost, kept between processes. @default in Node the user's cache folder, elsewhere nothing */
  readonly tunings?: TuningStore
}

/** What this realm offers; in Node the hash is OpenSSL's, elsewhere portable JavaScript. */
export async function detectPlatform(): Promise<Platform> {
  const realm = { clock: systemClock, defer: findDefer() }
  if (!isNode()) return { ...realm, hash: (await import('../artifact/sha256.ts')).sha256Hex }
  return { ...realm, hash: (await import('./node-hash.ts')).nodeSha256, tunings: createLateTunings() }
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
