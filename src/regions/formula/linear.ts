// The formulas `linear` and `exact-linear`: x·W + b in float64.

import { assertFinite, assertLength, type Fail } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { exactTableField, tableField } from './field.ts'
import type { RowFunction } from './row-function.ts'
import type { Table } from './table.ts'

/** For linear maps whose results other regions read. */
export const linear = defineFormula({
  kind: 'linear',
  fields: {
    /** [inputs, outputs] */
    weights: tableField,
    /** [1, outputs] */
    bias: tableField,
  },
  verify: ({ inputs, weights, bias }, fail) => verifySums(inputs.length, weights, bias, fail),
  compile: ({ weights, bias }) => sumsOf(weights, bias),
  describe: ({ inputs, weights }) => `${inputs.length} → ${weights.columns}`,
})

/** For sums of terms so large that rounding one weight would leave nothing of the sum. */
export const exactLinear = defineFormula({
  kind: 'exact-linear',
  fields: { weights: exactTableField, bias: exactTableField },
  verify: ({ inputs, weights, bias }, fail) => verifySums(inputs.length, weights.exact, bias.exact, fail),
  compile: ({ weights, bias }) => sumsOf(weights.exact, bias.exact),
  describe: ({ inputs, weights }) => `${inputs.length} → ${weights.exact.columns}`,
})

function verifySums(inputCount: number, weights: Table, bias: Table, fail: Fail): number {
  assertLength(fail, 'weights', weights.values, inputCount * weights.columns)
  assertLength(fail, 'bias', bias.values, weights.columns)
  assertFinite(fail, 'weights', weights.values)
  assertFinite(fail, 'bias', bias.values)
  return weights.columns
}

function sumsOf({ values: weights, columns: width }: Table, { values: bias }: Table): RowFunction {
  return (input, output) => {
    for (let j = 0; j < width; j++) output[j] = bias[j]
    for (let i = 0, at = 0; i < input.length; i++) {
      const value = input[i]
      // texts have few of the terms that a model knows
      if (value === 0) {
        at += width
        continue
      }
      // most weights of sums and selections are 0, which must not make NaN of infinity
      for (let j = 0; j < width; j++, at++) if (weights[at] !== 0) output[j] += value * weights[at]
    }
  }
}
