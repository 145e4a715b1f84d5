// The formula `kernels`: the value of a kernel of a row and each of several points, as kernel machines weigh them.

import { assertFinite } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, finiteField, integerField, tableField } from './field.ts'

type Kernel = (input: Float64Array, points: Float64Array, from: number) => number
type Settings = { readonly gamma: number; readonly coef0: number; readonly degree: number }

/**
 * With dot = x · y: `linear` dot, `poly` (gamma · dot + coef0) ^ degree, `sigmoid` tanh(gamma · dot + coef0), `rbf`
 * exp(−gamma · |x − y|²). Source: libsvm's svm.cpp as scikit-learn 1.9.1 has it, `Kernel::k_function`. `laplacian`
 * exp(−gamma · Σ|x − y|), `cosine` dot of both at length 1 (0 for zeros), `additive_chi2` −Σ(x − y)² / (x + y), which has no
 * value for numbers below 0, `chi2` its exp, gamma times. Source: sklearn/metrics/pairwise.py of 1.9.1.
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
  laplacian:
    ({ gamma }) =>
    (input, points, from) => {
      let sum = 0
      for (let i = 0; i < input.length; i++) sum += Math.abs(input[i] - points[from + i])
      return Math.exp(-gamma * sum)
    },
  cosine: () => cosine,
  additive_chi2: () => additiveChi2,
  chi2:
    ({ gamma }) =>
    (input, points, from) =>
      Math.exp(gamma * additiveChi2(input, points, from)),
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

function cosine(input: Float64Array, points: Float64Array, from: number): number {
  let product = 0
  let [own, other] = [0, 0]
  for (let i = 0; i < input.length; i++) {
    const [x, y] = [input[i], points[from + i]]
    product += x * y
    own += x * x
    other += y * y
  }
  return own === 0 || other === 0 ? 0 : product / (Math.sqrt(own) * Math.sqrt(other))
}

function additiveChi2(input: Float64Array, points: Float64Array, from: number): number {
  let sum = 0
  for (let i = 0; i < input.length; i++) {
    if (input[i] < 0) return NaN
    const total = input[i] + points[from + i]
    const difference = input[i] - points[from + i]
    if (total !== 0) sum += (difference * difference) / total
  }
  return -sum
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
