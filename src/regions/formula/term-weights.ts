// The formula `term-weights`: counts of terms, or their logarithms, times a weight a term.

import { assertFinite } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { flagField, tableField } from './field.ts'

/** Source: sklearn/feature_extraction/text.py of 1.9.1, `TfidfTransformer.transform`: 0 stays 0, whatever the weight. */
export const termWeights = defineFormula({
  kind: 'term-weights',
  fields: {
    /** True where a count becomes 1 + log(count). */
    sublinear: flagField,
    /** [1, inputs], or no row where every term weighs 1. */
    weights: tableField,
  },
  verify({ inputs, weights }, fail) {
    const count = weights.values.length
    if (count !== 0 && count !== inputs.length)
      fail('weights', `must have none or ${inputs.length} values, got ${count}`)
    assertFinite(fail, 'weights', weights.values)
    return inputs.length
  },
  compile({ sublinear, weights: { values: weights } }) {
    const isWeighed = weights.length > 0
    return (input, output) => {
      for (let i = 0; i < input.length; i++) {
        const count = input[i]
        if (count === 0) output[i] = 0
        else {
          const value = sublinear ? Math.log(count) + 1 : count
          output[i] = isWeighed ? value * weights[i] : value
        }
      }
    }
  },
  describe: ({ inputs, sublinear }) => `${inputs.length} terms${sublinear ? ', by the logarithm of their count' : ''}`,
})
