import { describe, expect, it } from 'vitest'
import { type Formula, formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'

function run(region: Formula, row: readonly number[]): number[] {
  const output = new Float64Array(
    verifyFormula(region, (field, expectation) => {
      throw new Error(`${field} ${expectation}`)
    }),
  )
  formulaFunction(region)(Float64Array.from(row), output)
  return [...output]
}

const table = (columns: number, ...values: number[]) => exactTable(Float64Array.from(values), columns)

const region = {
  kind: 'gaussians',
  inputs: [0, 1].map((column) => ({ region: 0, column })),
  shape: 'full',
  means: table(2, 0, 0, 1, 1),
  factors: table(2, 1, 2, 0, 3, 1, 0, 0, 1),
  constants: table(2, 10, 20),
} as const satisfies Formula

describe('gaussians', () => {
  it.each([
    ['full', region.factors, [10 - 0.5 * (2 ** 2 + (2 * 2 + 3 * 3) ** 2), 20 - 0.5 * (1 + 4)]],
    ['tied', table(2, 1, 2, 0, 3), [10 - 0.5 * (4 + 13 ** 2), 20 - 0.5 * (1 + (2 + 6) ** 2)]],
    ['diagonal', table(2, 1, 2, 3, 4), [10 - 0.5 * (4 + 36), 20 - 0.5 * (9 + 64)]],
    ['full', table(1, 1, 0, 0, 1), [10 - 0.5 * 4, 20 - 0.5 * 4]],
  ] as const)('with factors that are %s', (shape, factors, expected) => {
    expect(run({ ...region, shape, factors }, [2, 3])).toEqual(expected)
  })

  it.each([
    [{ means: table(1, 1, 2) }, /means must have 2 columns/],
    [{ means: table(2, 1, 2) }, /means must have 4 entries/],
    [{ factors: table(2, 1, 2) }, /factors must have 8 entries/],
    [{ shape: 'diagonal', factors: table(1, 1, 2) } as const, /factors must have 2 columns/],
    [{ constants: table(2, 1, -Infinity) }, /constants must hold finite numbers/],
  ])('is refused where its tables do not fit: %#', (broken, message) => {
    expect(() => run({ ...region, ...broken }, [0, 0])).toThrow(message)
  })
})
