// The formula `groups`: neighbouring columns, so many at a time, become one number or as many numbers.

import { choiceField, integerField } from './field.ts'
import { defineFormula } from './define-formula.ts'
import { expectedSigmoid } from './expected-sigmoid.ts'

type Reduce = (input: Float64Array, from: number, size: number) => number
type Spread = (input: Float64Array, from: number, size: number, output: Float64Array) => void

const sumOf: Reduce = (input, from, size) => {
  let sum = 0
  for (let i = from; i < from + size; i++) sum += input[i]
  return sum
}

const largestOf: Reduce = (input, from, size) => {
  let most = input[from]
  for (let i = from + 1; i < from + size; i++) if (!(input[i] <= most)) most = input[i]
  return most
}

/** One number a group. */
const reductions = {
  sum: sumOf,
  mean: (input, from, size) => sumOf(input, from, size) / size,
  max: largestOf,
  /** log Σ exp(x), the largest taken out first. */
  'log-sum-exp': (input, from, size) => {
    const most = largestOf(input, from, size)
    if (!Number.isFinite(most)) return most
    let sum = 0
    for (let i = from; i < from + size; i++) sum += Math.exp(input[i] - most)
    return most + Math.log(sum)
  },
  /** Of three: the second where the first is not 0, else the third. */
  choose: (input, from) => (input[from] !== 0 ? input[from + 1] : input[from + 2]),
  /** Of two: of a mean and a variance, the mean of the sigmoid. */
  'expected-sigmoid': (input, from) => expectedSigmoid(input[from], input[from + 1]),
  product: (input, from, size) => {
    let product = 1
    for (let i = from; i < from + size; i++) product *= input[i]
    return product
  },
} as const satisfies Readonly<Record<string, Reduce>>

/** As many numbers as the group has. */
const spreads = {
  /** exp(x) / Σ exp(x). */
  softmax: (input, from, size, output) => {
    const most = largestOf(input, from, size)
    let sum = 0
    for (let i = from; i < from + size; i++) sum += output[i] = Math.exp(input[i] - most)
    for (let i = from; i < from + size; i++) output[i] /= sum
  },
  /** x / Σ x; equal shares where the sum is 0. */
  share: (input, from, size, output) => {
    const sum = sumOf(input, from, size)
    for (let i = from; i < from + size; i++) output[i] = sum === 0 ? 1 / size : input[i] / sum
  },
  /** x / Σ x; zeros where the sum is 0. */
  'share-or-zero': (input, from, size, output) => {
    const sum = sumOf(input, from, size)
    for (let i = from; i < from + size; i++) output[i] = sum === 0 ? 0 : input[i] / sum
  },
  /** 1 in the first column of those that are largest, 0 elsewhere. */
  'one-hot-max': (input, from, size, output) => {
    let best = from
    for (let i = from + 1; i < from + size; i++) if (input[i] > input[best]) best = i
    for (let i = from; i < from + size; i++) output[i] = i === best ? 1 : 0
  },
} as const satisfies Readonly<Record<string, Spread>>

/** Operations of columns that have a meaning each. */
const ownSizes: Readonly<Partial<Record<string, number>>> = { choose: 3, 'expected-sigmoid': 2 }

type ReductionName = keyof typeof reductions
type SpreadName = keyof typeof spreads
const names = [...Object.keys(reductions), ...Object.keys(spreads)] as (ReductionName | SpreadName)[]

export const columnGroups = defineFormula({
  kind: 'groups',
  fields: { operation: choiceField(...names), size: integerField(1) },
  verify({ inputs, operation, size }, fail) {
    if (inputs.length % size !== 0) fail('size', `must divide ${inputs.length} columns, got ${size}`)
    const own = ownSizes[operation]
    if (own !== undefined && size !== own) fail('size', `must be ${own} for ${operation}, got ${size}`)
    return operation in reductions ? inputs.length / size : inputs.length
  },
  compile({ operation, size }) {
    if (operation in reductions) {
      const reduce: Reduce = reductions[operation as ReductionName]
      return (input, output) => {
        for (let group = 0; group < output.length; group++) output[group] = reduce(input, group * size, size)
      }
    }
    const spread: Spread = spreads[operation as SpreadName]
    return (input, output) => {
      for (let from = 0; from < output.length; from += size) spread(input, from, size, output)
    }
  },
  describe: ({ inputs, operation, size }) => `${operation} of ${inputs.length / size} × ${size} columns`,
})
