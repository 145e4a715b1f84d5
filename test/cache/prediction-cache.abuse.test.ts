import { Keyv } from 'keyv'
import { describe, expect, it } from 'vitest'
import type { KeyvLike } from '../../src/cache/cache-port.ts'
import { createPredictionCache } from '../../src/cache/prediction-cache.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

describe('createPredictionCache given wrong options', () => {
  const keyv = new Keyv()
  it.each([
    { ttlMs: 0 },
    { ttlMs: NaN },
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
})
