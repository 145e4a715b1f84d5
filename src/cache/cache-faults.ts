// Failures and successes of a store in; the failure that stands, for health, out, and each published.

import type { Publish } from '../observe/channels.ts'

export type CacheFaults = {
  /** Of lookups, stores, values or the connection. */
  record(operation: 'get' | 'set' | 'connection' | 'decode' | 'encode' | 'close', error: unknown): void
  /** Lookups, or stores, work. */
  clear(operation: 'get' | 'set'): void
  readonly lastError: string | undefined
}

/** A store that is full fails to write while it reads well: neither success hides the other's failure. */
export function createCacheFaults(publish: Publish): CacheFaults {
  const errors: { get?: string; set?: string } = {}
  return {
    record(operation, error) {
      errors[operation === 'set' || operation === 'encode' ? 'set' : 'get'] = textOf(error)
      publish('cacheFault', { operation, error })
    },
    clear(operation) {
      errors[operation] = undefined
    },
    get lastError() {
      return errors.set ?? errors.get
    },
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error)
}
