// The formula `linear`: x·W + b in float64, for linear maps whose results other regions read.

import { assertFinite, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { tableField } from './field.ts'

export const linear = defineFormula({
  kind: 'linear',
  fields: {
    /** [inputs, outputs] */
    weights: tableField,
    /** [1, outputs] */
    bias: tableField,
  },
  verify({ inputs, weights, bias }, fail) {
    assertLength(fail, 'weights', weights.values, inputs.length * weights.columns)
    assertLength(fail, 'bias', bias.values, weights.columns)
    assertFinite(fail, 'weights', weights.values)
    assertFinite(fail, 'bias', bias.values)
    return weights.columns
  },
  compile({ weights: { values: weights, columns: width }, bias: { values: bias } }) {
    return (input, output) => {
      for (let j = 0; j < width; j++) output[j] = bias[j]
      for (let i = 0, at = 0; i < input.length; i++) {
        const value = input[i]
        // most weights of sums and selections are 0, which must not make NaN of infinity
        for (let j = 0; j < width; j++, at++) if (weights[at] !== 0) output[j] += value * weights[at]
      }
    }
  },
  describe: ({ inputs, weights }) => `${inputs.length} → ${weights.columns}`,
})
