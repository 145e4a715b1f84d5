import { describe, expect, it } from 'vitest'
import type { KeyvLike } from '../../src/cache/cache-port.ts'
import { silentPublish } from '../../src/observe/channels.ts'
import { resolveServingOptions } from '../../src/runtime/options.ts'
import { openSharedCache, type SharedCache } from '../../src/runtime/shared-cache.ts'
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.ts'

function open(caching: unknown, clock = createFakeClock()): Promise<SharedCache | undefined> {
  const { caching: resolved } = resolveServingOptions({ caching: caching as never })
  return openSharedCache(resolved, clock, silentPublish)
}

async function openOn(keyv: KeyvLike, clock: FakeClock): Promise<SharedCache> {
  const shared = await open({ keyv }, clock)
  if (shared === undefined) throw new Error('caching is off')
  return shared
}

describe('openSharedCache', () => {
  it.each([true, undefined, {}])('keeps answers in memory given caching %o', async (caching) => {
    expect((await open(caching))?.cache.mode).toBe('sync')
  })

  it('opens nothing where caching is off', async () => {
    expect(await open(false)).toBeUndefined()
  })

  it.each([{ ttl: 5 }, { ttlMs: 0 }, null, 'redis://localhost:6379'])(
    'is never reached by the caching %o: options are refused before a model is loaded',
    (caching) => {
      expect(() => resolveServingOptions({ caching: caching as never })).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining('caching') }),
      )
    },
  )

  it('measures the cost of one row where a call asks for many', async () => {
    const clock = createFakeClock()
    const keyv = {
      get: () => Promise.resolve(undefined),
      getMany: (keys: string[]) => {
        clock.advance(keys.length)
        return Promise.resolve(keys.map(() => undefined))
      },
      set: () => Promise.resolve(true),
    }
    const { cache, worth } = await openOn(keyv, clock)
    for (let call = 0; call < 20; call++)
      await Promise.all(Array.from({ length: 10 }, (_, i) => cache.lookup(`key ${i}`)))
    expect(worth.describe(2)).toEqual({ lookupMs: 1, isBypassed: false })
    expect(worth.describe(0.5).isBypassed).toBe(true)
  })

  it('does not learn from lookups that failed: a dead store is no dear one', async () => {
    const clock = createFakeClock()
    const keyv = {
      get() {
        clock.advance(49)
        return Promise.reject(new Error('down'))
      },
      set: () => Promise.resolve(true),
    }
    const { cache, worth } = await openOn(keyv, clock)
    for (let i = 0; i < 100; i++) await cache.lookup('key')
    expect(worth.describe(1)).toEqual({ lookupMs: 0, isBypassed: false })
  })

  it('ends runs in the background when closed', async () => {
    const shared = await open({ staleWhileRevalidateMs: 1000 })
    shared?.renewals.start('key', () => new Promise(() => {}))
    await shared?.close()
    await shared?.close()
    expect(shared?.renewals.size).toBe(0)
    expect(shared?.cache.health().isAvailable).toBe(false)
  })
})
