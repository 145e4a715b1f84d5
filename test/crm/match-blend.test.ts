// Weights that are shared by the parts that there are, the model's part, and confidence: worked by hand, and within 0 to 1.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { blendedScore, matchConfidence, matchParts, modelScore } from '../../src/crm/match-blend.ts'

describe('blendedScore', () => {
  it.each([
    ['all parts', [0.9, 0.6, 0.5, 0.8], 0.4 * 0.9 + 0.25 * 0.6 + 0.2 * 0.5 + 0.15 * 0.8],
    ['no behaviour', [0.9, NaN, 0.5, 0.8], (0.4 * 0.9 + 0.2 * 0.5 + 0.15 * 0.8) / 0.75],
    ['no model', [0.9, 0.6, 0.5, NaN], (0.4 * 0.9 + 0.25 * 0.6 + 0.2 * 0.5) / 0.85],
    ['wishes and market', [0.9, NaN, 0.3, NaN], (0.4 * 0.9 + 0.2 * 0.3) / 0.6],
    ['wishes alone', [0.7, NaN, NaN, NaN], 0.7],
  ] as const)('of %s is %j: %d', (_name, [explicit, behavioural, market, model], expected) => {
    expect(blendedScore(explicit, behavioural, market, model)).toBeCloseTo(expected, 12)
  })

  const part = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(NaN))

  it('lies between its parts, and is what their told weights give, which sum to 1', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, noNaN: true }),
        part,
        part,
        part,
        (explicit, behavioural, market, model) => {
          const score = blendedScore(explicit, behavioural, market, model)
          const told = Object.values(matchParts({ explicit, behavioural, market, model }))
          expect(told.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12)
          expect(told.reduce((sum, one) => sum + one.weight * one.score, 0)).toBeCloseTo(score, 12)
          const there = told.map((one) => one.score)
          expect(score).toBeGreaterThanOrEqual(Math.min(...there) - 1e-12)
          expect(score).toBeLessThanOrEqual(Math.max(...there) + 1e-12)
        },
      ),
    )
  })
})

describe('matchParts', () => {
  it('leaves out what is not there', () => {
    expect(matchParts({ explicit: 0.5, behavioural: NaN, market: 0, model: NaN })).toEqual({
      explicit: { score: 0.5, weight: expect.closeTo(2 / 3, 12) },
      market: { score: 0, weight: expect.closeTo(1 / 3, 12) },
    })
  })
})

describe('modelScore', () => {
  it.each([
    [0.9, 0.4, 0.6],
    [0, 1, 0],
    [NaN, 0.3, 0.3],
    [0.8, NaN, 0.8],
    [NaN, NaN, NaN],
  ])('of a match of %d and an interest of %d is %d', (match, interest, expected) => {
    if (Number.isNaN(expected)) expect(modelScore(match, interest)).toBeNaN()
    else expect(modelScore(match, interest)).toBeCloseTo(expected, 12)
  })
})

describe('matchConfidence', () => {
  it.each([
    ['nothing but the listing', 0, 0, false, 0.2],
    ['half of the wishes', 0.5, 0, false, 0.45],
    ['all wishes, five reactions', 1, 5, false, 0.775],
    ['everything', 1, 50, true, 1],
  ])('of %s', (_name, known, reactions, hasModel, expected) => {
    expect(matchConfidence(known, reactions, hasModel)).toBeCloseTo(expected, 12)
  })
})
