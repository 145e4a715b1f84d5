// The formula `kernels`: the value of a kernel of a row and each of several points, as support vector machines weigh them.

import { assertFinite } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, finiteField, integerField, tableField } from './field.ts'

type Kernel = (input: Float64Array, points: Float64Array, from: number) => number
type Settings = { readonly gamma: number; readonly coef0: number; readonly degree: number }

/**
 * With dot = x · y: `linear` dot, `poly` (gamma · dot + coef0) ^ degree, `sigmoid` tanh(gamma · dot + coef0), `rbf`
 * exp(−gamma · |x − y|²). Source: libsvm's svm.cpp as scikit-learn 1.9.1 has it, `Kernel::k_function`.
 */
const kernels = {
  linear: () => dot,
  poly:
    ({ gamma, coef0, degree }) =>
    (input, points, from) =>
      wholePower(gamma * dot(input, points, from) + coef0, degree),
  sigmoid:
    ({ gamma, coef0 }) =>
    (input, points, from) =>
      Math.tanh(gamma * dot(input, points, from) + coef0),
  rbf:
    ({ gamma }) =>
    (input, points, from) => {
      let sum = 0
      for (let i = 0; i < input.length; i++) {
        const difference = input[i] - points[from + i]
        sum += difference * difference
      }
      return Math.exp(-gamma * sum)
    },
} as const satisfies Readonly<Record<string, (settings: Settings) => Kernel>>

export type KernelName = keyof typeof kernels
export const kernelNames = Object.keys(kernels) as KernelName[]

/** Loops run over the bits of the degree, so its size costs next to nothing. */
const mostDegree = 2 ** 31 - 1

export const kernelValues = defineFormula({
  kind: 'kernels',
  fields: {
    kernel: choiceField(...kernelNames),
    gamma: finiteField,
    coef0: finiteField,
    degree: integerField(0, mostDegree),
    /** [points, inputs] */
    points: tableField,
  },
  verify({ inputs, points }, fail) {
    if (points.columns !== inputs.length) fail('points', `must have ${inputs.length} columns, got ${points.columns}`)
    assertFinite(fail, 'points', points.values)
    return points.values.length / points.columns
  },
  compile({ kernel, gamma, coef0, degree, points: { values, columns } }) {
    const compute: Kernel = kernels[kernel]({ gamma, coef0, degree })
    return (input, output) => {
      for (let k = 0; k < output.length; k++) output[k] = compute(input, values, k * columns)
    }
  },
  describe: ({ kernel, points }) => `${kernel} of ${points.values.length / points.columns} points`,
})

function dot(input: Float64Array, points: Float64Array, from: number): number {
  let sum = 0
  for (let i = 0; i < input.length; i++) sum += input[i] * points[from + i]
  return sum
}

/** By squaring, as libsvm's `powi`. */
function wholePower(base: number, exponent: number): number {
  let result = 1
  let power = base
  for (let left = exponent; left > 0; left >>= 1) {
    if (left % 2 === 1) result *= power
    power *= power
  }
  return result
}
