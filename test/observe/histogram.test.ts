import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Histogram, histogramRelativeError } from '../../src/observe/histogram.ts'

function filled(values: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const value of values) histogram.record(value)
  return histogram
}

function exactPercentile(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(quantile * sorted.length) - 1)]
}

describe('Histogram', () => {
  it('gives every percentile within the stated relative error', () => {
    const values = fc.array(fc.double({ min: 2e-4, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(values, fc.constantFrom(0, 0.5, 0.95, 0.99, 1), (list, quantile) => {
        const exact = exactPercentile(list, quantile)
        const given = filled(list).percentile(quantile)
        expect(Math.abs(given - exact) / exact).toBeLessThanOrEqual(histogramRelativeError)
      }),
    )
  })

  it('gives 0 for everything before the first value', () => {
    expect(new Histogram().summary()).toEqual({ count: 0, sum: 0, mean: 0, p50: 0, p95: 0, p99: 0, max: 0 })
  })

  it('keeps count, mean and max exact', () => {
    expect(filled([1, 2, 6])).toMatchObject({ count: 3 })
    expect(filled([1, 2, 6]).summary()).toMatchObject({ mean: 3, max: 6 })
  })

  it.each([0, -0, -5, NaN, -Infinity])('counts %s as 0', (value) => {
    expect(filled([value]).summary()).toMatchObject({ count: 1, mean: 0, max: 0, p99: 0 })
  })

  it('keeps sums finite after Infinity', () => {
    expect(Number.isFinite(filled([Infinity, 1]).summary().mean)).toBe(true)
  })

  it('merges to what one histogram of all values would say', () => {
    const merged = filled([1, 2, 3])
    merged.merge(filled([400, 500]))
    expect(merged.summary()).toEqual(filled([1, 2, 3, 400, 500]).summary())
  })

  it('forgets everything on reset', () => {
    const histogram = filled([1, 2, 3])
    histogram.reset()
    expect(histogram.summary()).toEqual(new Histogram().summary())
  })

  it('counts a value so many times as if it came one by one', () => {
    const value = fc.double({ min: 2e-4, max: 1e6, noNaN: true })
    fc.assert(
      fc.property(fc.array(fc.tuple(value, fc.integer({ min: 1, max: 50 })), { maxLength: 20 }), (pairs) => {
        const together = new Histogram()
        for (const [each, times] of pairs) together.record(each, times)
        const { sum, mean, ...counted } = together.summary()
        const alone = filled(pairs.flatMap(([each, times]) => Array<number>(times).fill(each))).summary()
        expect({ ...alone, ...counted }).toEqual(alone)
        expect(sum).toBeCloseTo(alone.sum, 3)
        expect(mean).toBeCloseTo(alone.mean, 3)
      }),
    )
  })
})
