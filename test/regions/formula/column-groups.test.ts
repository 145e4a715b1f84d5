import { describe, expect, it } from 'vitest'
import type { columnGroups } from '../../../src/regions/formula/column-groups.ts'
import { formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'

type Groups = Parameters<typeof columnGroups.compile>[0]

function run(operation: Groups['operation'], size: number, row: readonly number[]): number[] {
  const inputs = row.map((_, column) => ({ region: 0, column }))
  const region: Groups = { kind: 'groups', inputs, operation, size }
  const width = verifyFormula(region, (field, expectation) => {
    throw new Error(`${field} ${expectation}`)
  })
  const output = new Float64Array(width)
  formulaFunction(region)(Float64Array.from(row), output)
  return [...output]
}

describe('groups of columns', () => {
  it.each([
    ['sum', [3, 7]],
    ['mean', [1.5, 3.5]],
    ['max', [2, 4]],
    ['product', [2, 12]],
    ['share', [1 / 3, 2 / 3, 3 / 7, 4 / 7]],
    ['one-hot-max', [0, 1, 0, 1]],
  ] as const)('of two give their %s', (operation, expected) => {
    expect(run(operation, 2, [1, 2, 3, 4])).toEqual(expected)
  })

  it('give the logarithm of a sum, and shares of it, without overflow', () => {
    expect(run('log-sum-exp', 2, [1000, 1000])).toEqual([1000 + Math.log(2)])
    expect(run('softmax', 2, [1000, 1000, -1000, 0])).toEqual([0.5, 0.5, 0, 1])
    expect(run('log-sum-exp', 2, [-Infinity, -Infinity])).toEqual([-Infinity])
  })

  it('share nothing equally, and the first of equals is the largest', () => {
    expect(run('share', 2, [0, 0])).toEqual([0.5, 0.5])
    expect(run('one-hot-max', 3, [2, 2, 1])).toEqual([1, 0, 0])
  })

  it('are refused where the size does not divide the columns', () => {
    expect(() => run('sum', 2, [1, 2, 3])).toThrow(/must divide 3 columns/)
  })
})
