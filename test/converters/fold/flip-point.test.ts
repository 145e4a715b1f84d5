import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flipPoint, nextDown, nextUp } from '../../../converters/fold/flip-point.ts'

const finite = fc.double({ noNaN: true, noDefaultInfinity: true })

describe('flipPoint', () => {
  it('is the threshold itself where the value is compared as it is', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (threshold) => {
        expect(flipPoint((x) => x <= threshold)).toBe(threshold + 0)
      }),
      { numRuns: 500 },
    )
  })

  it('is the double before the threshold where the comparison is strict', () => {
    fc.assert(
      fc.property(finite, (threshold) => {
        expect(flipPoint((x) => x < threshold)).toBe(nextDown(threshold) + 0)
      }),
    )
  })

  it('takes the last double that rounds to a float32 not above the threshold', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -3e38, max: 3e38 }), (threshold) => {
        const isLeft = (x: number): boolean => Math.fround(x) <= threshold
        const flip = flipPoint(isLeft) ?? Number.NaN
        expect([isLeft(flip), isLeft(nextUp(flip))]).toEqual([true, false])
      }),
      { numRuns: 500 },
    )
  })

  it('goes through imprecise scaling with the very last double', () => {
    const positive = fc.double({ noNaN: true, min: 1e-9, max: 1e9 })
    fc.assert(
      fc.property(
        finite.filter((x) => Math.abs(x) < 1e150),
        positive,
        positive,
        (mean, scale, threshold) => {
          const isLeft = (x: number): boolean => Math.fround((x - mean) / scale) <= threshold
          const flip = flipPoint(isLeft) ?? Number.NaN
          expect([isLeft(flip), isLeft(nextUp(flip))]).toEqual([true, false])
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['the smallest subnormal', Number.MIN_VALUE],
    ['the negative one', -Number.MIN_VALUE],
    ['the largest double', Number.MAX_VALUE],
    ['its negative', -Number.MAX_VALUE],
    ['the smallest normal double', 2 ** -1022],
    ['a time stamp', 1.7e12 + 0.5],
    ['a power of two', 2 ** 32],
    ['infinity', Number.POSITIVE_INFINITY],
    ['negative infinity', Number.NEGATIVE_INFINITY],
  ])('finds %s', (_, threshold) => expect(flipPoint((x) => x <= threshold)).toBe(threshold))

  it('gives 0 and never −0', () => {
    expect(flipPoint((x) => x <= 0)).toBe(0)
    expect(flipPoint((x) => x <= -0)).toBe(0)
  })

  it('gives infinity where everything goes left, and undefined where nothing does', () => {
    expect(flipPoint(() => true)).toBe(Number.POSITIVE_INFINITY)
    expect(flipPoint(() => false)).toBeUndefined()
  })

  it('never asks about NaN, and at most 66 times', () => {
    for (const threshold of [-Number.MAX_VALUE, -1, 0, Number.MIN_VALUE, Number.MAX_VALUE]) {
      const asked: number[] = []
      flipPoint((x) => asked.push(x) > 0 && x <= threshold)
      expect(asked.some(Number.isNaN)).toBe(false)
      expect(asked.length).toBeLessThanOrEqual(66)
    }
  })
})

describe('nextUp and nextDown', () => {
  it('are inverse, with no double between', () => {
    fc.assert(
      fc.property(finite, (x) => {
        const up = nextUp(x)
        expect(up).toBeGreaterThan(x)
        expect(nextDown(up) + 0).toBe(x + 0)
        const middle = x / 2 + up / 2
        expect(middle === x || middle === up || Math.abs(x) < 1e-300).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('cross the borders of words, of zero and of the range', () => {
    expect(nextUp(2 ** 32 - 2 ** -21)).toBe(2 ** 32)
    expect(nextDown(2 ** 32)).toBe(2 ** 32 - 2 ** -21)
    expect(nextUp(-Number.MIN_VALUE)).toBe(-0)
    expect(nextUp(-0)).toBe(Number.MIN_VALUE)
    expect(nextDown(0)).toBe(-Number.MIN_VALUE)
    expect(nextUp(Number.MAX_VALUE)).toBe(Number.POSITIVE_INFINITY)
    expect(nextDown(Number.NEGATIVE_INFINITY)).toBe(Number.NEGATIVE_INFINITY)
    expect(nextUp(Number.NaN)).toBeNaN()
  })
})
