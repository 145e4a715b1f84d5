import { expect, it } from 'vitest'
import { formulaFunction, verifyFormula } from '../../../src/regions/formula/formulas.ts'

const inputs = [0, 1, 2].map((column) => ({ region: 0, column }))

it.each([
  ['l2', [3, 4, 100], [0.6, 0.8, 20]],
  ['l1', [3, -4, 14], [3 / 7, -4 / 7, 2]],
  ['max', [3, -4, 8], [0.75, -1, 2]],
  ['l2', [0, 0, 5], [0, 0, 5]],
] as const)('divides by the %s norm of what counts: %j', (norm, row, expected) => {
  const output = new Float64Array(3)
  formulaFunction({ kind: 'normalize-by', inputs, norm, least: 0, counted: 2 })(Float64Array.from(row), output)
  expect([...output]).toEqual(expected)
})

it('refuses to count more columns than there are', () => {
  const verify = (counted: number, least = 0) =>
    verifyFormula({ kind: 'normalize-by', inputs, norm: 'l1', least, counted }, (field, expectation) => {
      throw new Error(`${field} ${expectation}`)
    })
  expect(verify(3)).toBe(3)
  expect(() => verify(4)).toThrow(/counted must be at most 3, got 4/)
  expect(() => verify(1, -1)).toThrow(/least must be a number from 0/)
})
