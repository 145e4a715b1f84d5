import { expect, it } from 'vitest'
import { exactTable } from '../../../src/regions/formula/table.ts'
import { formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'

function medianOf(values: readonly number[], weights: readonly number[]): number {
  const output = new Float64Array(1)
  const inputs = values.map((_, column) => ({ region: 0, column }))
  const table = exactTable(Float64Array.from(weights), weights.length)
  formulaFunction({ kind: 'weighted-median', inputs, weights: table })(Float64Array.from(values), output)
  return output[0]
}

it('is the first of the sorted numbers at which half of the weight is reached', () => {
  expect(medianOf([3, 1, 2], [1, 1, 1])).toBe(2)
  expect(medianOf([3, 1, 2], [5, 1, 1])).toBe(3)
  expect(medianOf([4, 3, 2, 1], [1, 1, 1, 1])).toBe(2)
  expect(medianOf([7], [0.25])).toBe(7)
  expect(medianOf([2, 2, -1], [1, 1, 2])).toBe(-1)
})

it('keeps NaN last', () => {
  expect(medianOf([NaN, 1, 2], [1, 1, 1])).toBe(2)
})

it('is refused with another number of weights than of columns, and without any', () => {
  const fail = (field: string): never => {
    throw new RangeError(field)
  }
  const [one, none] = [exactTable(Float64Array.of(1), 1), exactTable(new Float64Array(0), 1)]
  const inputs = [0, 1].map((column) => ({ region: 0, column }))
  expect(() => verifyFormula({ kind: 'weighted-median', inputs, weights: one }, fail)).toThrow('weights')
  expect(() => verifyFormula({ kind: 'weighted-median', inputs: [], weights: none }, fail)).toThrow('inputs')
})
