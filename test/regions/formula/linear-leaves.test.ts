// Leaves and columns in; what the linear functions of the leaves give, and what is no table of them, out.
import { expect, it } from 'vitest'
import { type Formula, formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'

const leaves: Formula = {
  kind: 'linear-leaves',
  inputs: [0, 1, 2, 3].map((column) => ({ region: 0, column })),
  treeCount: 2,
  outputCount: 1,
  leaves: exactTable(Float64Array.of(1, 10, 2, 20, 3, 30), 2),
  termCounts: Int32Array.of(0, 2, 1),
  columns: Int32Array.of(0, 1, 1),
  factors: exactTable(Float64Array.of(0.5, -1, 4), 1),
}

function fail(field: string, expectation: string): never {
  throw new Error(`${field} ${expectation}`)
}

function run(region: Formula, row: readonly number[]): number[] {
  const output = new Float64Array(verifyFormula(region, fail))
  formulaFunction(region)(Float64Array.from(row), output)
  return [...output]
}

it('adds up the functions of the leaves that were reached', () => {
  expect(run(leaves, [0, 2, 8, 7])).toEqual([1 + 3 + 4 * 7])
  expect(run(leaves, [1, 2, 8, 7])).toEqual([2 + 0.5 * 8 - 7 + 3 + 4 * 7])
})

it('gives the plain value of a leaf that reads a missing column, and only of it', () => {
  expect(run(leaves, [1, 2, Number.NaN, 7])).toEqual([20 + 3 + 4 * 7])
  expect(run(leaves, [0, 2, 8, Number.NaN])).toEqual([1 + 30])
})

it('deals trees out over outputs in turn', () => {
  expect(run({ ...leaves, outputCount: 2 }, [0, 2, 8, 7])).toEqual([1, 3 + 4 * 7])
})

it.each([
  [{ treeCount: 5 }, /treeCount must be at most 4 inputs/],
  [{ termCounts: Int32Array.of(0, 2, 2) }, /columns must have 4 entries/],
  [{ columns: Int32Array.of(0, 2, 1) }, /columns must hold integers of 0 … 1/],
  [{ factors: exactTable(Float64Array.of(1, 2), 1) }, /factors must have 3 entries/],
  [{ leaves: exactTable(new Float64Array(4), 2) }, /leaves must have 6 entries/],
])('refuses tables that do not fit: %j', (changes, message) => {
  expect(() => verifyFormula({ ...leaves, ...changes } as Formula, fail)).toThrow(message)
})
