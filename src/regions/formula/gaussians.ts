// The formula `gaussians`: the logarithm of the weighted density of a row under each of several normal distributions.

import { assertFinite, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, tableField } from './field.ts'

/**
 * Output k is constants[k] − ½ ‖(x − means[k]) · Lₖ‖², with Lₖ any factor of the inverse covariance: Lₖ · Lₖᵀ.
 * - `full`: a matrix of [inputs, columns] a distribution, one below the other.
 * - `tied`: one matrix for all.
 * - `diagonal`: the diagonal of each, a row a distribution.
 */
export const gaussians = defineFormula({
  kind: 'gaussians',
  fields: {
    shape: choiceField('full', 'tied', 'diagonal'),
    /** [distributions, inputs] */
    means: tableField,
    factors: tableField,
    /** [1, distributions] */
    constants: tableField,
  },
  verify({ inputs, shape, means, factors, constants }, fail) {
    const width = inputs.length
    const count = constants.values.length
    if (means.columns !== width) fail('means', `must have ${width} columns, got ${means.columns}`)
    assertLength(fail, 'means', means.values, count * width)
    if (shape === 'diagonal') {
      if (factors.columns !== width) fail('factors', `must have ${width} columns, got ${factors.columns}`)
      assertLength(fail, 'factors', factors.values, count * width)
    } else assertLength(fail, 'factors', factors.values, (shape === 'full' ? count : 1) * width * factors.columns)
    assertFinite(fail, 'means', means.values)
    assertFinite(fail, 'factors', factors.values)
    assertFinite(fail, 'constants', constants.values)
    return count
  },
  compile({ inputs, shape, means: { values: means }, factors, constants: { values: constants } }) {
    const width = inputs.length
    const { values: factor } = factors
    if (shape === 'diagonal')
      return (input, output) => {
        for (let k = 0, at = 0; k < constants.length; k++) {
          let square = 0
          for (let i = 0; i < width; i++, at++) {
            const z = (input[i] - means[at]) * factor[at]
            square += z * z
          }
          output[k] = constants[k] - 0.5 * square
        }
      }
    const rank = factors.columns
    const z = new Float64Array(rank)
    const stride = shape === 'full' ? width * rank : 0
    return (input, output) => {
      for (let k = 0; k < constants.length; k++) {
        z.fill(0)
        for (let i = 0, at = k * stride; i < width; i++) {
          const difference = input[i] - means[k * width + i]
          // factors are triangular, or padded with zeros, which must not make NaN of infinity
          for (let j = 0; j < rank; j++, at++) if (factor[at] !== 0) z[j] += difference * factor[at]
        }
        let square = 0
        for (let j = 0; j < rank; j++) square += z[j] * z[j]
        output[k] = constants[k] - 0.5 * square
      }
    }
  },
  describe: ({ inputs, shape, constants }) =>
    `${constants.values.length} normal distributions of ${inputs.length} columns, ${shape}`,
})
