import { describe, expect, it } from 'vitest'
import { createBreaker } from '../../src/resilience/breaker.ts'
import { createFakeClock } from '../helpers/fake-clock.ts'

describe('createBreaker given wrong options', () => {
  it.each([{ failureThreshold: 0 }, { failureThreshold: 1.5 }, { openMs: 0 }, { openMs: NaN }, { openMs: Infinity }])(
    'refuses %o',
    (options) => {
      expect(() => createBreaker({ model: 'churn', clock: createFakeClock(), ...options })).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED' }),
      )
    },
  )
})
