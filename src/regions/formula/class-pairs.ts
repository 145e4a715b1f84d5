// The formula `class-pairs`: kernel values of the support vectors of several classes become a decision for each pair of classes.

import { assertFinite, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { numbersField, tableField } from './field.ts'

/**
 * For classes i < j: Σ of i's vectors · their coefficient against j + Σ of j's vectors · their coefficient against i +
 * intercept. Source: libsvm's svm.cpp as scikit-learn 1.9.1 has it, `predict_values`.
 */
export const classPairs = defineFormula({
  kind: 'class-pairs',
  fields: {
    /** Support vectors of each class: the inputs, class after class. */
    counts: numbersField,
    /** [vectors, classes − 1]: against the other classes, in their order. */
    coefficients: tableField,
    /** [1, pairs]: (0, 1), (0, 2) … (1, 2) … */
    intercepts: tableField,
  },
  verify({ inputs, counts, coefficients, intercepts }, fail) {
    const classes = counts.length
    if (classes < 2) fail('counts', `must have two classes or more, got ${classes}`)
    if (counts.some((count) => !Number.isSafeInteger(count) || count < 0)) fail('counts', 'must hold whole numbers')
    const vectors = counts.reduce((sum, count) => sum + count, 0)
    if (vectors !== inputs.length) fail('counts', `must add up to ${inputs.length} inputs, got ${vectors}`)
    if (coefficients.columns !== classes - 1)
      fail('coefficients', `must have ${classes - 1} columns, got ${coefficients.columns}`)
    assertLength(fail, 'coefficients', coefficients.values, vectors * (classes - 1))
    assertLength(fail, 'intercepts', intercepts.values, pairCount(classes))
    assertFinite(fail, 'coefficients', coefficients.values)
    assertFinite(fail, 'intercepts', intercepts.values)
    return pairCount(classes)
  },
  compile({ counts, coefficients: { values: coefficients, columns }, intercepts: { values: intercepts } }) {
    const classes = counts.length
    const starts = new Int32Array(classes + 1)
    for (let i = 0; i < classes; i++) starts[i + 1] = starts[i] + counts[i]
    return (input, output) => {
      for (let i = 0, pair = 0; i < classes; i++)
        for (let j = i + 1; j < classes; j++, pair++) {
          let sum = 0
          for (let k = starts[i]; k < starts[i + 1]; k++) sum += coefficients[k * columns + j - 1] * input[k]
          for (let k = starts[j]; k < starts[j + 1]; k++) sum += coefficients[k * columns + i] * input[k]
          output[pair] = sum + intercepts[pair]
        }
    }
  },
  describe: ({ counts }) => `${pairCount(counts.length)} pairs of ${counts.length} classes`,
})

export function pairCount(classes: number): number {
  return (classes * (classes - 1)) / 2
}
