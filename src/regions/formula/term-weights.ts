// The formula `term-weights`: counts of terms, or their logarithms, times a weight a term.

import { assertFinite } from '../table-checks.ts'
import { defineFormula, type FormulaOf } from './define-formula.ts'
import { flagField, tableField } from './field.ts'

const fields = {
  /** True where a count becomes 1 + log(count). */
  sublinear: flagField,
  /** [1, inputs], or no row where every term weighs 1. */
  weights: tableField,
}

/** Source: sklearn/feature_extraction/text.py of 1.9.1, `TfidfTransformer.transform`: 0 stays 0, whatever the weight. */
export const termWeights = defineFormula({
  kind: 'term-weights',
  fields,
  verify({ inputs, weights }, fail) {
    const count = weights.values.length
    if (count !== 0 && count !== inputs.length)
      fail('weights', `must have none or ${inputs.length} values, got ${count}`)
    assertFinite(fail, 'weights', weights.values)
    return inputs.length
  },
  compile(region) {
    const weigh = termWeight(region)
    return (input, output) => {
      for (let i = 0; i < input.length; i++) output[i] = input[i] === 0 ? 0 : weigh(input[i], i)
    }
  },
  describe: ({ inputs, sublinear }) => `${inputs.length} terms${sublinear ? ', by the logarithm of their count' : ''}`,
})

/** What a count other than 0 becomes in its column. */
export function termWeight({
  sublinear,
  weights: { values: weights },
}: Pick<FormulaOf<'term-weights', typeof fields>, 'sublinear' | 'weights'>): (count: number, column: number) => number {
  const isWeighed = weights.length > 0
  return (count, column) => {
    const value = sublinear ? Math.log(count) + 1 : count
    return isWeighed ? value * weights[column] : value
  }
}
