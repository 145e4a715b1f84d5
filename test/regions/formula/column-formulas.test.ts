import { describe, expect, it } from 'vitest'
import { exactTable } from '../../../src/regions/formula/table.ts'
import { type Formula, formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'

type Without<Region> = Region extends Formula ? Omit<Region, 'inputs'> : never

function run(formula: Without<Formula>, row: readonly number[]): number[] {
  const inputs = row.map((_, column) => ({ region: 0, column }))
  const region = { ...formula, inputs } as Formula
  const width = verifyFormula(region, (field, expectation) => {
    throw new Error(`${field} ${expectation}`)
  })
  const output = new Float64Array(width)
  formulaFunction(region)(Float64Array.from(row), output)
  return [...output]
}

const table = (columns: number, ...values: number[]) => exactTable(Float64Array.from(values), columns)

describe('a row by its norm', () => {
  it.each([
    ['l1', [3 / 7, -4 / 7]],
    ['l2', [0.6, -0.8]],
    ['max', [0.75, -1]],
  ] as const)('%s', (norm, expected) => {
    expect(run({ kind: 'normalize', norm, least: 0 }, [3, -4])).toEqual(expected)
  })

  it('stays as it is where the norm is 0 or too small', () => {
    expect(run({ kind: 'normalize', norm: 'l2', least: 0 }, [0, 0])).toEqual([0, 0])
    expect(run({ kind: 'normalize', norm: 'l1', least: 1e-10 }, [1e-12, 0])).toEqual([1e-12, 0])
    expect(run({ kind: 'normalize', norm: 'l1', least: 0 }, [1e-12, 0])).toEqual([1, 0])
  })
})

describe('terms of columns', () => {
  const all = { kind: 'polynomial', minDegree: 0, maxDegree: 2, interactionOnly: false, includeBias: true } as const

  it('stand by degree, then by their columns', () => {
    expect(run(all, [2, 3, 5])).toEqual([1, 2, 3, 5, 4, 6, 10, 9, 15, 25])
    expect(run({ ...all, maxDegree: 3, minDegree: 3, includeBias: false }, [2, 3])).toEqual([8, 12, 18, 27])
    expect(run({ ...all, maxDegree: 3, interactionOnly: true, includeBias: false }, [2, 3, 5])).toEqual([
      2, 3, 5, 6, 10, 15, 30,
    ])
    expect(run({ ...all, maxDegree: 0 }, [2, 3])).toEqual([1])
  })

  it('are refused where there would be too many', () => {
    expect(() => run({ ...all, maxDegree: 1000 }, [2, 3, 4, 5])).toThrow(/at most 1000000 terms/)
    expect(() => run({ ...all, minDegree: 3 }, [2])).toThrow(/minDegree must be at most 2/)
  })
})

describe('a column among quantiles', () => {
  const uniform = {
    kind: 'quantiles',
    distribution: 'uniform',
    references: { exact: table(4, 0, 0.25, 0.5, 1) },
    quantiles: { exact: table(4, 0, 1, 1, 2) },
  } as const

  it('is a share, in the middle of quantiles that repeat', () => {
    expect([-1, 0, 0.5, 1, 1.5, 2, 9, NaN].map((x) => run(uniform, [x])[0])).toEqual([
      0,
      0,
      0.125,
      0.375,
      0.75,
      1,
      1,
      NaN,
    ])
  })

  it('is a bounded normal number', () => {
    const normal = { ...uniform, distribution: 'normal' } as const
    const bound = run(normal, [9])[0]
    expect(bound).toBeCloseTo(5.19933758, 7)
    expect(run(normal, [-9])[0]).toBeCloseTo(-bound, 7)
    expect(run(normal, [NaN])).toEqual([NaN])
  })

  it('is refused where tables do not fit', () => {
    expect(() => run({ ...uniform, quantiles: { exact: table(4, 0, 1) } }, [1])).toThrow(
      /quantiles must have 4 entries/,
    )
  })
})

describe('a column by splines', () => {
  const straight = {
    kind: 'splines',
    degree: 1,
    extrapolation: 'constant',
    includeBias: true,
    knots: [-1, 0, 1, 2, 3],
    knotCount: 5,
  } as const

  it('is the values of hats that add up to 1', () => {
    expect(run(straight, [0.25])).toEqual([0.75, 0.25, 0])
    expect(run(straight, [2])).toEqual([0, 0, 1])
    expect(run({ ...straight, includeBias: false }, [0.25])).toEqual([0.75, 0.25])
  })

  it.each([
    ['constant', [0, 0, 1]],
    ['linear', [0, -1, 2]],
    ['continue', [0, -1, 2]],
    ['error', [NaN, NaN, NaN]],
  ] as const)('outside: %s', (extrapolation, expected) => {
    expect(run({ ...straight, extrapolation }, [3])).toEqual(expected)
  })

  it('comes round again', () => {
    const periodic = { ...straight, extrapolation: 'periodic' } as const
    for (const x of [0.25, 2.25, -1.75]) expect(run(periodic, [x])).toEqual([0.75, 0.25])
  })

  it('is refused where knots do not ascend or are too few', () => {
    expect(() => run({ ...straight, knots: [0, 1, 0, 2, 3] }, [1])).toThrow(/knots must ascend/)
    expect(() => run({ ...straight, degree: 2 }, [1])).toThrow(/knotCount must be at least 6/)
  })
})

describe('functions of one number', () => {
  const map = (name: 'bins' | 'loose-bins' | 'rint' | 'box-cox' | 'yeo-johnson', settings: number[], xs: number[]) =>
    xs.map((x) => run({ kind: 'map', functions: [{ name, settings }] }, [x])[0])

  it('count the edges that a number has reached', () => {
    expect(map('bins', [0, 1, 1, 2], [-1, 0, 1, 1.5, 2, 3])).toEqual([0, 1, 3, 3, 4, 4])
    expect(map('loose-bins', [0, 1], [-1e-9, 0.999995, 0.9])).toEqual([1, 2, 1])
    expect(() => map('bins', [1, 0], [1])).toThrow(/ascending edges/)
  })

  it('round halves to even', () => {
    expect(map('rint', [], [0.5, 1.5, -0.5, -1.5, 2.4])).toEqual([0, 2, -0, -2, 2])
  })

  it('grow by a power', () => {
    expect(map('box-cox', [0.5], [4, 0, -1])).toEqual([expect.closeTo(2, 14), NaN, NaN])
    expect(map('yeo-johnson', [2], [1, -1])).toEqual([expect.closeTo(1.5, 14), -Math.log1p(1)])
  })
})
