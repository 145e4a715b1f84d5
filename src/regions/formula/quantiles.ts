// The formula `quantiles`: each column by its place among the fitted quantiles, as a share or as a normal number.

import { assertFinite, assertLength } from '../table-checks.ts'
import { defineFormula } from './define-formula.ts'
import { choiceField, exactTableField } from './field.ts'
import { normalQuantile } from './normal-quantile.ts'

/** scikit-learn's BOUNDS_THRESHOLD: nearer to an end counts as the end where a normal number is given. */
const nearEnd = 1e-7
const leastNormal = normalQuantile(nearEnd - Number.EPSILON)
const mostNormal = normalQuantile(1 - (nearEnd - Number.EPSILON))

/** Source: scikit-learn 1.9, preprocessing/_data.py, `QuantileTransformer._transform_col`. */
export const quantiles = defineFormula({
  kind: 'quantiles',
  fields: {
    /** [1, quantiles]: ascending shares. */
    references: exactTableField,
    /** [inputs, quantiles]: ascending in each row. */
    quantiles: exactTableField,
    distribution: choiceField('uniform', 'normal'),
  },
  verify({ inputs, references: { exact: references }, quantiles: { exact: quantiles } }, fail) {
    assertLength(fail, 'references', references.values, references.columns)
    if (references.columns < 1) fail('references', 'must have a share')
    assertFinite(fail, 'references', references.values)
    assertLength(fail, 'quantiles', quantiles.values, inputs.length * references.columns)
    assertFinite(fail, 'quantiles', quantiles.values)
    return inputs.length
  },
  compile({ references, quantiles, distribution }) {
    const { values: shares } = references.exact
    const { values } = quantiles.exact
    const count = shares.length
    const points = createPoints(values, shares)
    return (input, output) => {
      for (let column = 0; column < input.length; column++) {
        const x = input[column]
        const first = values[column * count]
        const last = values[column * count + count - 1]
        let share = points(column, x)
        if (distribution === 'uniform') {
          if (x === last) share = 1
          if (x === first) share = 0
          output[column] = share
        } else {
          if (x + nearEnd > last) share = 1
          if (x - nearEnd < first) share = 0
          const normal = normalQuantile(share)
          output[column] = normal < leastNormal ? leastNormal : normal > mostNormal ? mostNormal : normal
        }
      }
    }
  },
  describe: ({ inputs, references, distribution }) =>
    `${inputs.length} columns among ${references.exact.columns} quantiles each, ${distribution}`,
})

/** Mean of interpolating upwards and downwards: they differ where quantiles repeat. */
function createPoints(values: Float64Array, shares: Float64Array): (column: number, x: number) => number {
  const count = shares.length
  return (column, x) => {
    if (Number.isNaN(x)) return Number.NaN
    const from = column * count
    const last = from + count - 1
    // outside both ways give the end
    if (x < values[from]) return shares[0]
    if (x > values[last]) return shares[count - 1]
    const below = lastAtOrBelow(values, { from, last }, x)
    const above = firstAtOrAbove(values, { from, last }, x)
    const up =
      values[below] === x || below === last
        ? shares[below - from]
        : ((shares[below - from + 1] - shares[below - from]) / (values[below + 1] - values[below])) *
            (x - values[below]) +
          shares[below - from]
    const down =
      values[above] === x || above === from
        ? -shares[above - from]
        : ((shares[above - from] - shares[above - from - 1]) / (values[above] - values[above - 1])) *
            (values[above] - x) -
          shares[above - from]
    return 0.5 * (up - down)
  }
}

type Span = { readonly from: number; readonly last: number }

function lastAtOrBelow(values: Float64Array, { from, last }: Span, x: number): number {
  let low = from
  let high = last
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (values[middle] <= x) low = middle
    else high = middle - 1
  }
  return low
}

function firstAtOrAbove(values: Float64Array, { from, last }: Span, x: number): number {
  let low = from
  let high = last
  while (low < high) {
    const middle = (low + high) >> 1
    if (values[middle] >= x) high = middle
    else low = middle + 1
  }
  return low
}
