import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { fisherExact } from '../../src/monitoring/fisher-exact.ts'
import { holmAdjusted } from '../../src/monitoring/holm.ts'
import { aucInterval, normalQuantile, wilsonInterval } from '../../src/monitoring/interval.ts'
import { kolmogorovSmirnov, kolmogorovTail } from '../../src/monitoring/kolmogorov-smirnov.ts'
import { logGamma } from '../../src/monitoring/log-gamma.ts'
import { normalTail } from '../../src/monitoring/normal-tail.ts'
import { binCounts, populationStability, quantileEdges } from '../../src/monitoring/population-stability.ts'
import { createSeededRandom } from '../../src/rows/seeded-random.ts'

type Golden = {
  readonly ks: readonly {
    readonly title: string
    readonly a: readonly number[]
    readonly b: readonly number[]
    readonly statistic: number
    readonly exact: number
    readonly limit: number
  }[]
  readonly tails: readonly { readonly x: number; readonly p: number }[]
  readonly fisher: readonly { readonly counts: readonly [number, number, number, number]; readonly p: number }[]
  readonly gamma: readonly { readonly x: number; readonly value: number }[]
  readonly normal: readonly { readonly share: number; readonly value: number }[]
  readonly normal_tail: readonly { readonly z: number; readonly p: number }[]
}

const golden = JSON.parse(
  readFileSync(new URL('../golden/statistics/statistics.json', import.meta.url), 'utf8'),
) as Golden

const sorted = (values: readonly number[]) => Float64Array.from(values).sort()
const relative = (got: number, expected: number) => Math.abs(got - expected) / Math.max(Math.abs(expected), 1e-300)

describe('kolmogorovSmirnov', () => {
  it.each(golden.ks)('is what SciPy says: $title', ({ a, b, statistic, exact, limit }) => {
    const test = kolmogorovSmirnov(sorted(a), sorted(b))
    expect(test.statistic).toBeCloseTo(statistic, 12)
    expect(test.method).toBe(a.length * b.length <= 262_144 ? 'ks-exact' : 'ks-limit')
    if (test.method === 'ks-exact') expect(relative(test.p, exact)).toBeLessThan(1e-9)
    else {
      expect(relative(test.p, limit)).toBeLessThan(1e-9)
      // the limit is cautious: above the exact p, and not by much
      expect(test.p).toBeGreaterThanOrEqual(exact)
      expect(test.p).toBeLessThan(1.2 * exact)
    }
    expect(kolmogorovSmirnov(sorted(b), sorted(a)).p).toBeCloseTo(test.p, 12)
  })

  it.each(golden.tails)('has the limit’s tail at $x', ({ x, p }) => {
    expect(relative(kolmogorovTail(x), p)).toBeLessThan(1e-9)
  })

  it('has nothing to say of an empty sample', () => {
    expect(kolmogorovSmirnov(new Float64Array(0), Float64Array.of(1)).p).toBe(1)
  })

  it('is surer than chance by no more than its p says', () => {
    const random = createSeededRandom(7).uniform
    let rejected = 0
    for (let run = 0; run < 2000; run++) {
      const a = Float64Array.from({ length: 60 }, random).sort()
      const b = Float64Array.from({ length: 45 }, random).sort()
      if (kolmogorovSmirnov(a, b).p <= 0.05) rejected++
    }
    // 5 % of 2,000, and four standard errors
    expect(rejected).toBeLessThan(100 + 4 * Math.sqrt(2000 * 0.05 * 0.95))
    expect(rejected).toBeGreaterThan(40)
  })
})

describe('fisherExact', () => {
  it.each(golden.fisher)('is what SciPy says of $counts', ({ counts, p }) => {
    expect(relative(fisherExact(...counts), p)).toBeLessThan(1e-9)
  })

  it.each([
    [0, 0, 3, 5],
    [0, 9, 0, 8],
    [9, 9, 8, 8],
  ])('has nothing to say of %i of %i against %i of %i', (...counts) => {
    expect(fisherExact(...counts)).toBe(1)
  })
})

it.each(golden.gamma)('logGamma is what SciPy says at $x', ({ x, value }) => {
  expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-12 * Math.max(1, Math.abs(value)))
})

it.each(golden.normal)('normalQuantile is what SciPy says at $share', ({ share, value }) => {
  expect(Math.abs(normalQuantile(share) - value)).toBeLessThan(2e-9 * Math.max(1, Math.abs(value)))
})

it.each(golden.normal_tail)('normalTail is what SciPy says at $z', ({ z, p }) => {
  expect(relative(normalTail(z), p)).toBeLessThan(1e-11)
})

it('holmAdjusted multiplies the smallest most, and never lets a larger p overtake', () => {
  // 4 · 0.01, 3 · 0.02, 2 · 0.04 and max(0.08, 1 · 0.05)
  expect(holmAdjusted([0.04, 0.01, 0.05, 0.02])).toEqual([0.08, 0.04, 0.08, 0.06])
  expect(holmAdjusted([0.9, 0.8])).toEqual([1, 1])
  expect(holmAdjusted([])).toEqual([])
})

describe('populationStability', () => {
  it('is worked out by hand with half a count more in each bin', () => {
    // then 60, 40 → 60.5/101, 40.5/101; now 20, 80 → 20.5/101, 80.5/101
    const expected = ((20.5 - 60.5) / 101) * Math.log(20.5 / 60.5) + ((80.5 - 40.5) / 101) * Math.log(80.5 / 40.5)
    expect(populationStability([60, 40], [20, 80])).toBeCloseTo(expected, 12)
  })

  it('is finite where a bin is empty and 0 where nothing moved', () => {
    expect(populationStability([100, 0], [0, 100])).toBeGreaterThan(5)
    expect(populationStability([30, 70], [30, 70])).toBe(0)
    expect(populationStability([30, 70], [0, 0])).toBe(0)
  })

  it('bins by quantiles of the reference, once for values that repeat', () => {
    const sample = sorted([1, 2, 3, 4, 5, 6, 7, 8])
    expect(quantileEdges(sample, 4)).toEqual([2, 4, 6])
    expect(binCounts(sample, [2, 4, 6])).toEqual([2, 2, 2, 2])
    expect(binCounts(sorted([-5, 2, 2.5, 99]), [2, 4, 6])).toEqual([2, 1, 0, 1])
    expect(quantileEdges(sorted([0, 0, 0, 0, 0, 1]), 3)).toEqual([0])
  })
})

describe('intervals', () => {
  it('wilsonInterval stays inside 0 … 1', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1])
    expect(wilsonInterval(0, 10)[0]).toBe(0)
    // of 10 of 10 the low end is n ÷ (n + z²)
    expect(wilsonInterval(10, 10)[0]).toBeCloseTo(10 / (10 + 1.959963984540054 ** 2), 12)
  })

  it('aucInterval holds the AUC, and has a width where it is 1', () => {
    const [low, high] = aucInterval(0.8, 50, 70)
    expect(low).toBeLessThan(0.8)
    expect(high).toBeGreaterThan(0.8)
    expect(aucInterval(1, 20, 30)[0]).toBeLessThan(0.97)
    expect(aucInterval(1, 20, 30)[1]).toBe(1)
    expect(aucInterval(NaN, 0, 30)).toEqual([0, 1])
  })
})
