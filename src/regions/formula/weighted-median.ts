// The formula `weighted-median`: the first of the sorted inputs at which half of the weight is reached.

import { assertFinite, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { tableField } from './field.ts'

/** Order and arithmetic of AdaBoostRegressor._get_median_predict, sklearn/ensemble/_weight_boosting.py of 1.9.1. */
export const weightedMedian = defineFormula({
  kind: 'weighted-median',
  fields: {
    /** [1, inputs] */
    weights: tableField,
  },
  verify({ inputs, weights }, fail) {
    assertLength(fail, 'weights', weights.values, inputs.length)
    assertFinite(fail, 'weights', weights.values)
    if (inputs.length === 0) fail('inputs', 'must be one column or more')
    return 1
  },
  compile({ inputs: { length }, weights: { values: weights } }) {
    const order = new Int32Array(length)
    const sums = new Float64Array(length)
    return (input, output) => {
      sortByValue(input, order)
      let sum = 0
      for (let i = 0; i < length; i++) sums[i] = sum += weights[order[i]]
      const half = 0.5 * sum
      let at = 0
      while (at < length - 1 && !(sums[at] >= half)) at++
      output[0] = input[order[at]]
    }
  },
  describe: ({ inputs }) => `of ${inputs.length} columns`,
})

/** Insertion sort: ensembles have some tens of members, and it allocates nothing. NaN stays last. */
function sortByValue(input: Float64Array, order: Int32Array): void {
  for (let i = 0; i < order.length; i++) {
    const value = input[i]
    let at = i
    while (at > 0 && isBefore(value, input[order[at - 1]])) {
      order[at] = order[at - 1]
      at--
    }
    order[at] = i
  }
}

function isBefore(value: number, other: number): boolean {
  return value < other || (Number.isNaN(other) && !Number.isNaN(value))
}
