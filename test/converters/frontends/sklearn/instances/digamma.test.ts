import { describe, expect, it } from 'vitest'
import { digamma } from '../../../../../converters/frontends/sklearn/instances/digamma.ts'

describe('digamma', () => {
  // scipy.special.digamma of 1.17
  it.each([
    [1, -0.5772156649015329],
    [0.5, -1.9635100260214235],
    [0.01, -100.56088545786868],
    [3.7, 1.1671535393615113],
    [10, 2.251752589066721],
    [1234.5, 7.1180162318279985],
  ])('of %d is %d', (x, expected) => {
    expect(Math.abs(digamma(x) / expected - 1)).toBeLessThan(1e-13)
  })

  it.each([0, -1, -1e300, NaN])('of %d is NaN, at once', (x) => {
    expect(digamma(x)).toBeNaN()
  })
})
