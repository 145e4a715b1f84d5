import { describe, expect, it } from 'vitest'
import type { CacheOperation } from '../../src/cache/cache-port.ts'
import { createCacheLog } from '../../src/runtime/cache-log.ts'

function createSubject() {
  const lines: [level: string, facts: object, message: string][] = []
  const at = (level: string) => (facts: object, message: string) => void lines.push([level, facts, message])
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  return [createCacheLog(logger, 'redis'), lines] as const
}

describe('createCacheLog', () => {
  const error = new Error('OOM')

  it('warns of what fails, with the store’s own error and what to do', () => {
    const [log, lines] = createSubject()
    log({ kind: 'failing', operation: 'set', error, remedy: 'raise maxmemory' })
    expect(lines).toEqual([
      [
        'warn',
        { cache: 'redis', operation: 'set', err: error, remedy: 'raise maxmemory' },
        'the cache cannot be written; predictions go on with what it holds',
      ],
    ])
  })

  it('says when it works again', () => {
    const [log, lines] = createSubject()
    log({ kind: 'well' })
    expect(lines).toEqual([['info', { cache: 'redis' }, 'the cache works again']])
  })

  it.each(['get', 'set', 'connection', 'decode', 'encode', 'close'] satisfies CacheOperation[])(
    'has words of its own for %s',
    (operation) => {
      const [log, lines] = createSubject()
      log({ kind: 'failing', operation, error })
      expect(lines[0][2]).toMatch(/cache/)
    },
  )
})
