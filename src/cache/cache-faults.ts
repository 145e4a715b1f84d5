// Failures and successes of a store in; the failure that stands, for health, out, and each published.

import type { Publish } from '../observe/channels.ts'

export type CacheFaults = {
  /** Of lookups, stores, values or the connection. */
  record(operation: 'get' | 'set' | 'connection' | 'decode' | 'encode' | 'close', error: unknown): void
  /** Lookups, or stores, work. */
  clear(side: Side): void
  /** The latest that no success of its side has ended. */
  readonly lastError: string | undefined
}

type Side = 'get' | 'set'

/** A store that is full fails to write while it reads well: neither side's success hides the other's failure. */
export function createCacheFaults(publish: Publish): CacheFaults {
  const standing: { get?: string; set?: string } = {}
  let latest: Side = 'get'
  return {
    record(operation, error) {
      latest = operation === 'set' || operation === 'encode' ? 'set' : 'get'
      standing[latest] = textOf(error)
      publish('cacheFault', { operation, error })
    },
    clear(side) {
      standing[side] = undefined
    },
    get lastError() {
      return standing[latest] ?? standing[latest === 'get' ? 'set' : 'get']
    },
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
