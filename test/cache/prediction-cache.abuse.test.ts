import { Keyv } from 'keyv'
import { describe, expect, it } from 'vitest'
import type { KeyvLike } from '../../src/cache/cache-port.ts'
import { resolveCaching } from '../../src/cache/caching-options.ts'
import { createPredictionCache } from '../../src/cache/prediction-cache.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

describe('createPredictionCache given wrong options', () => {
  const keyv = new Keyv()
  it.each([
    { ttlMs: 0 },
    { ttlMs: NaN },
    { ttlMs: '300' as never },
    { staleWhileRevalidateMs: -1 },
    { staleWhileRevalidateMs: NaN },
    { compression: 'gzip' as never },
    { keyPrefix: 7 as never },
    { redisUrl: 7 as never },
    { keyv: null as never },
    { maxEntries: 0 },
    { maxEntries: 1.5 },
    { maxByteLength: -1 },
    { redisUrl: 'http://localhost' },
    { redisUrl: 'localhost:6379' },
    { redisUrl: 'redis://localhost', keyv },
    { keyv: {} as KeyvLike },
  ])('refuses %o', async (options) => {
    await expect(createPredictionCache({ clock: createFakeClock(), ...options })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    })
  })

  it('never repeats a URL, which may hold a password', async () => {
    await expect(
      createPredictionCache({ clock: createFakeClock(), redisUrl: 'http://user:s3cret@localhost' }),
    ).rejects.not.toThrow('s3cret')
  })

  it.each([
    ['ttlMS', 'did you mean ttlMs?'],
    ['ttl', 'did you mean ttlMs?'],
    ['redisURL', 'did you mean redisUrl?'],
    ['max_entries', 'did you mean maxEntries?'],
    ['staleWhileRevalidate', 'did you mean staleWhileRevalidateMs?'],
    ['colour', 'there are: ttlMs'],
  ])('refuses the option %s and says what there is', async (name, hint) => {
    await expect(createPredictionCache({ clock: createFakeClock(), [name]: 5 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      message: expect.stringContaining(hint),
      details: { option: `caching.${name}` },
    })
  })
})

describe('resolveCaching', () => {
  it('takes true and nothing for every default, and false for no cache', () => {
    const defaults = { ttlMs: 300_000, staleWhileRevalidateMs: 0, maxEntries: 10_000, compression: true }
    for (const caching of [true, undefined, {}, { ttlMs: undefined }])
      expect(resolveCaching(caching)).toMatchObject(defaults)
    expect(resolveCaching(false)).toBe(false)
  })

  it.each([null, 'redis://localhost', 7, [], () => ({})])('refuses %o', (caching) => {
    expect(() => resolveCaching(caching)).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', details: { option: 'caching' } }),
    )
  })
})
