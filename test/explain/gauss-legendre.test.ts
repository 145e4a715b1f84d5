import { describe, expect, it } from 'vitest'
import { gaussLegendre } from '../../src/explain/gauss-legendre.ts'

describe('gaussLegendre', () => {
  it.each([1, 2, 3, 5, 8, 16, 31])('integrates all powers below twice %i points exactly', (count) => {
    const { points, weights } = gaussLegendre(count)
    for (let power = 0; power < 2 * count; power++) {
      const integral = points.reduce((sum, x, i) => sum + weights[i] * x ** power, 0)
      expect(integral).toBeCloseTo(1 / (power + 1), 14)
    }
  })

  it('does not integrate the next power', () => {
    const { points, weights } = gaussLegendre(2)
    expect(points.reduce((sum, x, i) => sum + weights[i] * x ** 4, 0)).not.toBeCloseTo(1 / 5, 4)
  })

  it('keeps all points inside, where no factor is 0', () => {
    for (const count of [1, 7, 64, 512]) for (const x of gaussLegendre(count).points) expect(x > 0 && x < 1).toBe(true)
  })
})
