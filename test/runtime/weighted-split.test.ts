import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { createWeightedSplit } from '../../src/runtime/weighted-split.ts'

describe('createWeightedSplit', () => {
  it('spreads the turns of a small share evenly', () => {
    const next = createWeightedSplit([
      { target: 'stable', weight: 3 },
      { target: 'canary', weight: 1 },
    ])
    expect(Array.from({ length: 8 }, next).join(' ')).toBe('stable stable canary stable stable stable canary stable')
  })

  it('gives each target its share within one request, after any number of requests', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 6 }).filter((w) => w.some((x) => x > 0)),
        (weights) => {
          const next = createWeightedSplit(weights.map((weight, target) => ({ target, weight })))
          const total = weights.reduce((sum, weight) => sum + weight, 0)
          const counts = weights.map(() => 0)
          for (let i = 1; i <= 200; i++) {
            counts[next()]++
            counts.forEach((count, k) =>
              expect(Math.abs(count - (i * weights[k]) / total)).toBeLessThan(weights.length),
            )
          }
          weights.forEach((weight, k) => weight > 0 || expect(counts[k]).toBe(0))
        },
      ),
    )
  })
})
