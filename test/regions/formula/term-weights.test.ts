import { expect, it } from 'vitest'
import { formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'

const inputs = [0, 1, 2].map((column) => ({ region: 0, column }))
const idf = exactTable(Float64Array.of(2, 3, 4), 3)
const none = exactTable(new Float64Array(0), 1)

it.each([
  ['counts times weights', false, idf, [2, 0, 12]],
  ['logarithms of counts times weights', true, idf, [2, 0, 4 * (1 + Math.log(3))]],
  ['counts where every term weighs 1', false, none, [1, 0, 3]],
])('gives %s', (_, sublinear, weights, expected) => {
  const output = new Float64Array(3)
  formulaFunction({ kind: 'term-weights', inputs, sublinear, weights })(Float64Array.of(1, 0, 3), output)
  expect([...output]).toEqual(expected)
})

it('refuses weights that are not one a term', () => {
  const verify = (values: number[]) =>
    verifyFormula(
      { kind: 'term-weights', inputs, sublinear: false, weights: exactTable(Float64Array.from(values), 1) },
      (field, expectation) => {
        throw new Error(`${field} ${expectation}`)
      },
    )
  expect(() => verify([1, 2])).toThrow(/weights must have none or 3 values, got 2/)
  expect(() => verify([1, 2, NaN])).toThrow(/weights/)
})
