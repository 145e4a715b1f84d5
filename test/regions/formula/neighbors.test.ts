import { describe, expect, it } from 'vitest'
import { createMetric, metricNames } from '../../../src/regions/formula/metric.ts'
import { createNeighborSearch, type SearchKind } from '../../../src/regions/formula/neighbor-search.ts'
import { createNearestHeap, weighByDistance } from '../../../src/regions/formula/nearest-heap.ts'
import { type Formula, formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import { Random } from '../../converters/fold/random-graph.ts'

function run(region: Formula, row: readonly number[]): number[] {
  const output = new Float64Array(
    verifyFormula(region, (field, expectation) => {
      throw new Error(`${field} ${expectation}`)
    }),
  )
  formulaFunction(region)(Float64Array.from(row), output)
  return [...output]
}

const inputs = (count: number) => Array.from({ length: count }, (_, column) => ({ region: 0, column }))
const table = (columns: number, ...values: number[]) => exactTable(Float64Array.from(values), columns)

describe('a metric', () => {
  const points = { values: Float64Array.of(1, 2, 0, 4, 0, 0), columns: 2 }
  const row = Float64Array.of(3, 0)

  it.each([
    ['euclidean', [Math.sqrt(8), 5, 3]],
    ['sqeuclidean', [8, 25, 9]],
    ['manhattan', [4, 7, 3]],
    ['chebyshev', [2, 4, 3]],
    ['minkowski', [4 ** 1, 7, 3]],
    ['cosine', [1 - 3 / (3 * Math.sqrt(5)), 1, 1]],
    ['canberra', [1.5, 2, 1]],
    ['hamming', [1, 1, 0.5]],
  ] as const)('%s measures as scikit-learn does', (name, expected) => {
    const { reduced, toDistance } = createMetric(name, 1, points)
    const found = expected.map((_, index) => toDistance(reduced(row, index, Infinity)))
    found.forEach((distance, index) => expect(distance).toBeCloseTo(expected[index], 12))
  })

  it.each([1.5, 2.5, 3, 4])('minkowski of power %d is the root of the sum of powers', (power) => {
    const { reduced, toDistance, toReduced } = createMetric('minkowski', power, points)
    const expected = (2 ** power + 2 ** power) ** (1 / power)
    expect(toDistance(reduced(row, 0, Infinity))).toBeCloseTo(expected, 12)
    expect(toReduced(expected)).toBeCloseTo(expected ** power, 10)
  })

  it.each(metricNames)('%s may stop early, but not below what is asked', (name) => {
    const random = new Random(5)
    const values = Float64Array.from({ length: 400 }, () => random.nat(9) - 4)
    const { reduced } = createMetric(name, 3, { values, columns: 20 })
    const query = values.map((value) => value + 1).subarray(0, 20)
    for (let index = 0; index < 20; index++) {
      const whole = reduced(query, index, Infinity)
      expect(reduced(query, index, whole * 0.5)).toBeGreaterThanOrEqual(whole * 0.5)
      expect(reduced(query, index, whole * 2 + 1)).toBe(whole)
    }
  })
})

describe('a search', () => {
  const cases = (['brute', 'kd-tree', 'ball-tree'] as SearchKind[]).flatMap((search) =>
    (['euclidean', 'manhattan', 'chebyshev', 'minkowski'] as const).map((metric) => ({ search, metric })),
  )

  it.each(cases)('by $search finds the nearest by $metric', ({ search, metric }) => {
    const random = new Random(3)
    for (const [pointCount, leafSize, columns] of [
      [1, 1, 2],
      [2, 30, 1],
      [7, 1, 3],
      [97, 4, 3],
      [64, 5, 9],
    ]) {
      const points = { values: Float64Array.from({ length: pointCount * columns }, () => random.nat(1e6)), columns }
      const count = Math.min(pointCount, 6)
      const { find, reduced } = createNeighborSearch({ search, metric, power: 3, points, leafSize, count })
      for (let n = 0; n < 10; n++) {
        const row = Float64Array.from({ length: columns }, () => random.nat(1e6))
        find(row)
        const own = createMetric(metric, 3, points)
        const all = Float64Array.from({ length: pointCount }, (_, index) => own.reduced(row, index, Infinity)).sort()
        expect([...reduced].sort((a, b) => a - b)).toEqual([...all.subarray(0, count)])
      }
    }
  })

  it('by brute force keeps the first of equally far points', () => {
    const points = { values: Float64Array.of(1, -1, 1, -1, 1), columns: 1 }
    const search = createNeighborSearch({
      search: 'brute',
      metric: 'manhattan',
      power: 2,
      points,
      leafSize: 1,
      count: 3,
    })
    search.find(Float64Array.of(0))
    expect([...search.indices].sort()).toEqual([0, 1, 2])
  })
})

describe('the heap of the nearest', () => {
  it('holds the least values, the largest of them first', () => {
    const heap = createNearestHeap(4)
    heap.begin()
    for (const value of [5, 9, 1, 7, 3, 8, 2]) if (value < heap.values[0]) heap.push(value, value)
    expect(heap.values[0]).toBe(5)
    expect([...heap.indices].sort()).toEqual([1, 2, 3, 5])
  })

  it.each([
    [
      [2, 4, 8],
      [0.5, 0.25, 0.125],
    ],
    [
      [0, 4, 0],
      [1, 0, 1],
    ],
  ])('weighs distances %j by their inverse', (distances, expected) => {
    const weight = Float64Array.from(distances)
    weighByDistance(weight)
    expect([...weight]).toEqual(expected)
  })
})

describe('neighbors', () => {
  const given = {
    kind: 'neighbors',
    inputs: inputs(1),
    search: 'brute',
    leafSize: 1,
    metric: 'euclidean',
    power: 2,
    count: 2,
    weights: 'uniform',
    answer: 'means',
    classCounts: [],
    points: table(1, 0, 1, 4),
    targets: table(2, 10, 0, 20, 1, 60, 2),
  } as const satisfies Formula

  it('gives means of targets, by distance where asked', () => {
    expect(run(given, [0.25])).toEqual([15, 0.5])
    expect(run({ ...given, weights: 'distance' }, [0.25])[0]).toBeCloseTo(12.5, 12)
    expect(run({ ...given, weights: 'distance' }, [1])).toEqual([20, 1])
  })

  it('gives shares of the classes of each target', () => {
    const shares = { ...given, answer: 'shares', classCounts: [3, 2], targets: table(2, 2, 1, 0, 0, 0, 1) } as const
    expect(run(shares, [2.4])).toEqual([1, 0, 0, 0.5, 0.5])
    expect(run({ ...shares, count: 3, weights: 'distance' }, [0])).toEqual([0, 0, 1, 0, 1])
  })

  it('gives minus the local outlier factor', () => {
    const [found] = run({ ...given, answer: 'outlier', targets: table(2, 1, 2, 3, 4, 5, 6) }, [0])
    expect(found).toBeCloseTo(-3 * 2, 8)
  })

  it.each([
    [{ points: table(2, 0, 1) }, /points must have 1 columns/],
    [{ points: table(1, 0, NaN, 2) }, /points must hold finite numbers/],
    [{ count: 4 }, /count must be no more than 3/],
    [{ power: 0 }, /power must be above 0/],
    [{ search: 'kd-tree', metric: 'cosine' } as const, /metric must be one of boxes/],
    [{ targets: table(2, 1, 2) }, /targets must have 6 entries/],
    [{ classCounts: [2] }, /classCounts must have 0 entries/],
    [{ answer: 'outlier', targets: table(1, 1, 2, 3) } as const, /targets must have 2 columns/],
    [{ answer: 'shares', classCounts: [2, 2] } as const, /targets must hold class numbers/],
    [{ answer: 'shares', classCounts: [2.5, 2] } as const, /classCounts must hold integers/],
  ])('is refused where its tables do not fit: %#', (broken, message) => {
    expect(() => run({ ...given, ...broken } as Formula, [0])).toThrow(message)
  })
})

describe('distances', () => {
  it('are one a point', () => {
    const region = {
      kind: 'distances',
      inputs: inputs(2),
      metric: 'euclidean',
      power: 2,
      points: table(2, 0, 0, 3, 0),
    } as const
    expect(run(region, [0, 4])).toEqual([4, 5])
    expect(() => run({ ...region, points: table(1, 1) }, [0, 4])).toThrow(/must have 2 columns/)
  })
})

describe('neighbours within a radius', () => {
  const given = {
    kind: 'radius-neighbors',
    inputs: inputs(1),
    metric: 'euclidean',
    power: 2,
    radius: 2,
    weights: 'uniform',
    classCounts: [3, 2],
    lonely: [1, NaN],
    points: table(1, 0, 1, 4),
    targets: table(2, 2, 1, 0, 0, 0, 1),
  } as const satisfies Formula

  it('give shares of classes, those at the radius too', () => {
    expect(run(given, [2])).toEqual([2 / 3, 0, 1 / 3, 1 / 3, 2 / 3])
    expect(run({ ...given, weights: 'distance' }, [0.5])).toEqual([0.5, 0, 0.5, 0.5, 0.5])
    expect(run({ ...given, weights: 'distance' }, [1])).toEqual([1, 0, 0, 1, 0])
  })

  it('give a row without neighbours the class that is meant for it, or nothing', () => {
    expect(run(given, [9])).toEqual([0, 1, 0, NaN, NaN])
  })

  it('give means where there are no classes, and nothing for a row without neighbours', () => {
    const means = { ...given, classCounts: [], lonely: [] }
    expect(run(means, [1])).toEqual([1, 0.5])
    expect(run(means, [9])).toEqual([NaN, NaN])
  })

  it.each([
    [{ points: table(2, 0, 1) }, /points must have 1 columns/],
    [{ lonely: [3, 0] }, /lonely must hold class numbers/],
    [{ classCounts: [2, 2] }, /targets must hold class numbers, got 2 at 0/],
    [{ classCounts: [2] }, /classCounts must have 2 entries/],
    [{ power: -1 }, /power must be above 0/],
  ])('are refused where tables do not fit: %#', (broken, message) => {
    expect(() => run({ ...given, ...broken }, [0])).toThrow(message)
  })
})
