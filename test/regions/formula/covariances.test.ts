import { expect, it } from 'vitest'
import { covariances } from '../../../src/regions/formula/covariances.ts'
import { erf, expectedSigmoid } from '../../../src/regions/formula/expected-sigmoid.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'

const inputs = [0, 1].map((column) => ({ region: 0, column }))
const points = exactTable(Float64Array.of(0, 0, 1, 2), 2)
const fail = (field: string, expectation: string): never => {
  throw new Error(`${field} ${expectation}`)
}

function valuesOf(steps: Parameters<typeof covariances.verify>[0]['steps'], answer: 'points' | 'itself' = 'points') {
  const region = { kind: 'covariances', inputs, steps, answer, points } as const
  const output = new Float64Array(covariances.verify(region, fail))
  covariances.compile(region)(Float64Array.of(1, 0), output)
  return [...output]
}

const term = (name: Parameters<typeof valuesOf>[0][number]['name'], ...settings: number[]) => ({ name, settings })

it('adds, multiplies and raises what steps before it left', () => {
  const sum = [term('rbf', 1), term('constant', 2), term('product'), term('dot-product', 0.5), term('sum')]
  expect(valuesOf(sum)).toEqual([2 * Math.exp(-0.5) + 0.5, 2 * Math.exp(-2) + 1.5])
  expect(valuesOf([...sum, term('power', 2)], 'itself')).toEqual([(2 + 1.5) ** 2])
})

it('gives noise to a row with itself alone', () => {
  const noisy = [term('white', 0.25), term('rbf', 1, 4), term('sum')]
  expect(valuesOf(noisy)).toEqual([Math.exp(-0.5), Math.exp(-0.125)])
  expect(valuesOf(noisy, 'itself')).toEqual([1.25])
})

it.each([
  ['a step without what it takes', [term('rbf', 1), term('sum')]],
  ['two results', [term('rbf', 1), term('rbf', 1)]],
  ['no result', []],
  ['three scales of two columns', [term('rbf', 1, 1, 1)]],
  ['a setting that is no number', [term('constant', NaN)]],
  ['more steps than are allowed', [term('rbf', 1), ...Array.from({ length: 100 }, () => term('power', 1))]],
])('refuses %s', (_, steps) => expect(() => valuesOf(steps)).toThrow(/steps/))

it('knows the error function to the last digits', () => {
  // scipy 1.17, special.erf
  const known = [
    [0.3, 0.3286267594591274],
    [1, 0.8427007929497148],
    [-2.9, -0.9999589021219005],
    [3.1, 0.9999883513426328],
    [7, 1],
  ]
  for (const [x, y] of known) expect(Math.abs(erf(x) - y)).toBeLessThan(5e-16)
})

it('is nearly one half where the mean is 0, as the coefficients have it, and turns with it', () => {
  expect(expectedSigmoid(0, 2)).toBeCloseTo(0.5, 7)
  expect(expectedSigmoid(1.5, 2) + expectedSigmoid(-1.5, 2)).toBeCloseTo(1, 7)
})
