import { describe, expect, it } from 'vitest'
import { normalQuantile } from '../../../src/regions/formula/normal-quantile.ts'

describe('the quantile of a normal', () => {
  // scipy.special.ndtri of scipy 1.17.1
  it.each([
    [1e-300, -37.0470962993612],
    [1e-30, -11.464024688443613],
    [1e-17, -8.493793224109599],
    [1e-7, -5.1993375821928165],
    [0.0001, -3.7190164854556804],
    [0.01, -2.3263478740408408],
    [0.1, -1.2815515655446004],
    [0.1353352832366127, -1.10151962849875],
    [0.2, -0.8416212335729142],
    [0.3, -0.5244005127080409],
    [0.5, 0.0],
    [0.6, 0.2533471031357997],
    [0.8, 0.8416212335729143],
    [0.9, 1.2815515655446004],
    [0.99, 2.3263478740408408],
    [0.9999999, 5.199337582290661],
    [0.999999999999999, 7.941444487415979],
  ])('of %d is that of scipy', (probability, expected) => {
    expect(Math.abs(normalQuantile(probability) - expected)).toBeLessThanOrEqual(
      4e-16 * Math.max(1, Math.abs(expected)),
    )
  })

  it('is infinite at the ends and nothing outside', () => {
    expect([0, 1, -0.1, 1.1, Number.NaN].map(normalQuantile)).toEqual([-Infinity, Infinity, NaN, NaN, NaN])
  })
})
