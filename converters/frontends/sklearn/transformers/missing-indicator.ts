// A fitted MissingIndicator in; 1 where a value is missing, else 0, out.

import { type Indicator, indicatorValue } from '../../../../src/regions/indicator.ts'
import { defineEstimator } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { sentinelOf } from '../simple-imputer.ts'

/** Source: scikit-learn 1.9, impute/_base.py, `MissingIndicator.transform`. */
export const missingIndicator = defineEstimator({
  names: ['MissingIndicator'],
  role: 'transformer',
  notes: 'all or missing-only, any missing_values, error_on_new',
  reads: ['features_', 'features', 'missing_values', 'error_on_new', 'sparse'],
  ignored: { _n_features: 'counted against the columns', _precomputed: 'True within an imputer' },
  transform(reader, input, scope) {
    const { builder } = scope
    const { place } = reader
    const missingValues = reader.value('missing_values')
    const statistic = typeof missingValues === 'string' ? '' : null
    const sentinels = input.columns.map((column) => sentinelOf(missingValues, column, { place, scope, statistic }))
    const features = Array.from(reader.numbers('features_'))
    if (features.some((feature) => input.columns[feature] === undefined))
      return reader.fail('features_', 'column indices')
    const refusesNew = reader.string('features') === 'missing-only' && reader.boolean('error_on_new')
    const known = new Set(features)
    for (const [i, column] of input.columns.entries()) {
      builder.refuseInfinite(column)
      if (refusesNew && !known.has(i) && Number.isNaN(sentinels[i])) builder.refuseMissing(column)
    }
    if (features.length === 0) return { columns: [], isSparse: false }
    const inputs = features.map((feature) => input.columns[feature])
    const region: Indicator = {
      kind: 'indicator',
      inputs: inputs.map(({ ref }) => ref),
      missing: features.map((feature) => sentinels[feature]),
    }
    const number = builder.add(region)
    const columns = inputs.map(({ feature, from, missing }, column): Column => {
      const ref = { region: number, column }
      return { ref, feature, ...(from && { from }), domain: 'number', missing: indicatorValue(region, column, missing) }
    })
    const sparse = reader.value('sparse')
    return { columns, isSparse: sparse === true || (sparse === 'auto' && input.isSparse) }
  },
})
