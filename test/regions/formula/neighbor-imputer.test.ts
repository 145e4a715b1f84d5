import { describe, expect, it } from 'vitest'
import { type Formula, formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'
import { restoreTable, storeTable, exactTable } from '../../../src/regions/formula/table.ts'

function run(region: Formula, row: readonly number[]): number[] {
  const output = new Float64Array(
    verifyFormula(region, (field, expectation) => {
      throw new Error(`${field} ${expectation}`)
    }),
  )
  formulaFunction(region)(Float64Array.from(row), output)
  return [...output]
}

const region = {
  kind: 'neighbor-imputer',
  inputs: [0, 1, 2].map((column) => ({ region: 0, column })),
  count: 2,
  weights: 'uniform',
  missing: NaN,
  takesStrangers: false,
  points: exactTable(Float64Array.of(0, 10, NaN, 1, 20, NaN, 4, NaN, NaN, 9, 40, NaN), 3),
} as const satisfies Formula

describe('the neighbour imputer', () => {
  it.each([
    ['leaves a whole row alone', [5, 6, 7], [5, 6, 0]],
    ['takes the mean of the nearest rows that have the value', [1, NaN, 1], [1, 15, 0]],
    ['looks past rows without the value', [6, NaN, 1], [6, 30, 0]],
    ['measures by the columns that both have', [NaN, 12, NaN], [0.5, 12, 0]],
    ['takes means of columns where nothing is shared', [NaN, NaN, NaN], [3.5, 70 / 3, 0]],
  ])('%s', (_, row, expected) => {
    expect(run(region, row)).toEqual(expected)
  })

  it('weighs by distance, and a row at no distance counts alone', () => {
    expect(run({ ...region, weights: 'distance' }, [0.25, NaN, 0])[1]).toBeCloseTo(
      (10 / 0.25 + 20 / 0.75) / (1 / 0.25 + 1 / 0.75),
      12,
    )
    expect(run({ ...region, weights: 'distance' }, [1, NaN, 0])[1]).toBe(20)
  })

  it('counts rows that share nothing with it as the farthest, where they count, but never alone', () => {
    const points = exactTable(Float64Array.of(0, 10, NaN, NaN, 40, 5), 3)
    const [told, counted] = [false, true].map((takesStrangers) => ({ ...region, points, takesStrangers }))
    expect(run(told, [1, NaN, NaN])).toEqual([1, 10, 5])
    expect(run(counted, [1, NaN, NaN])).toEqual([1, 25, 5])
    expect(run({ ...counted, count: 1 }, [1, NaN, NaN])).toEqual([1, 10, 5])
  })

  it('reads another missing value, and takes all rows where fewer are known than asked for', () => {
    expect(run({ ...region, missing: -1, count: 50 }, [1, -1, 0])[1]).toBeCloseTo(70 / 3, 12)
  })

  it('keeps its gaps when stored', () => {
    const long = exactTable(
      Float64Array.from({ length: 30 }, (_, i) => (i % 4 === 0 ? NaN : i)),
      3,
    )
    const { stored, tensor } = storeTable(long, 'points')
    expect(tensor?.name).toBe('points')
    const back = restoreTable(stored, 'points', new Map([['points', long.values]]) as never)
    expect([...back.values]).toEqual([...long.values])
  })

  it('is refused with another width, or an infinite value', () => {
    expect(() => run({ ...region, points: exactTable(Float64Array.of(1, 2), 2) }, [0, 0, 0])).toThrow(
      /must have 3 columns/,
    )
    expect(() => run({ ...region, points: exactTable(Float64Array.of(1, 2, Infinity), 3) }, [0, 0, 0])).toThrow(
      /infinity/,
    )
  })
})
