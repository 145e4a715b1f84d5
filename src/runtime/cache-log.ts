// Each change of how the cache does in; a line of the user's log out.

import type { CacheChange, CacheOperation } from '../cache/cache-port.ts'
import type { Logger } from '../observe/logger.ts'

const cannotBeRead = 'the cache cannot be read; predictions go on without it'
const isDamaged = 'the cache holds values that are none of ours, or cannot hold ours; they count as misses'

const messages = {
  connection: cannotBeRead,
  get: cannotBeRead,
  set: 'the cache cannot be written; predictions go on with what it holds',
  decode: isDamaged,
  encode: isDamaged,
  close: 'the connection of the cache could not be closed',
} as const satisfies Record<CacheOperation, string>

/** `cache` says where answers are kept. */
export function createCacheLog(logger: Logger, cache: 'redis' | 'keyv'): (change: CacheChange) => void {
  return (change) => {
    if (change.kind === 'well') return logger.info({ cache }, 'the cache works again')
    const { operation, error, remedy } = change
    logger.warn({ cache, operation, err: error, ...(remedy === undefined ? {} : { remedy }) }, messages[operation])
  }
}
