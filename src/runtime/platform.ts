// The realm in, what the engine needs of it out: a clock, a way to wait for the end of this turn, and a hash.

import { type Hash, sha256Hex } from '../artifact/sha256.ts'
import { type Clock, systemClock } from '../observe/clock.ts'

export type Platform = {
  readonly clock: Clock
  /** Calls back once the events that are already there have been handled: setImmediate in Node. */
  readonly defer: (callback: () => void) => void
  readonly hash: Hash
}

/** True in Node and what is compatible with it: files, native hashes and diagnostics are then to be had. */
export function isNode(): boolean {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node !== undefined
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
