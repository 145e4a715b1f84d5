// A fitted ColumnTransformer in; the columns of its transformers, each on its own selection, out.

import { pathWithin } from './place.ts'
import { defineEstimator } from './estimator-spec.ts'
import { type EstimatorReader, toValues } from './estimator-reader.ts'
import type { ColumnSet } from './columns.ts'
import { selectColumns } from './column-selection.ts'
import { joinColumns, weighColumns } from './weigh-columns.ts'

export const columnTransformer = defineEstimator({
  names: ['ColumnTransformer'],
  role: 'composite',
  notes: 'columns by name, index, slice or mask; passthrough, drop, remainder, transformer_weights, nesting',
  reads: ['transformers_', 'transformer_weights', 'sparse_output_', 'feature_names_in_'],
  ignored: {
    transformers: 'fitted into transformers_',
    remainder: 'fitted into transformers_',
    sparse_threshold: 'fitted into sparse_output_',
    n_jobs: 'speed only',
    verbose: 'messages only',
    verbose_feature_names_out: 'names of the outputs only',
    force_int_remainder_cols: 'spelling of the remainder only',
    output_indices_: 'counted from the transformers',
    _columns: 'as given; transformers_ has them',
    _transformer_to_input_indices: 'transformers_ has the columns',
    _n_features: 'counted against the columns',
    _remainder: 'fitted into transformers_',
    _name_to_fitted_passthrough: 'passes columns through',
    _feature_names_in: 'names of the inputs',
    _transformers_feature_names_out: 'names of the outputs only',
  },
  transform(reader, given, scope) {
    const input = namedColumns(reader, given)
    const parts = reader.list('transformers_').flatMap((entry): ColumnSet[] => {
      const [name, value, selection] = Array.isArray(entry) && entry.length === 3 ? entry : []
      if (typeof name !== 'string' || value === undefined || selection === undefined) {
        return reader.fail('transformers_', 'triples of name, transformer and columns')
      }
      if (value === 'drop' || value === null) return []
      const selected = selectColumns(selection, input, { reader, transformer: name })
      // A transformer whose selection is empty was never fitted.
      if (selected.columns.length === 0) return []
      const path = pathWithin(reader.place, name)
      const columns = value === 'passthrough' ? selected : scope.transform(value, selected, path)
      return [weighColumns(columns, name, { reader, scope })]
    })
    return joinColumns(parts, reader.valueOr('sparse_output_', false) === true)
  },
})

/** Fitted on a frame, it knows what its columns are called, also those that a step before it made (set_output). */
function namedColumns(reader: EstimatorReader, input: ColumnSet): ColumnSet {
  const names = toValues(reader.valueOr('feature_names_in_', null))
  if (names?.length !== input.columns.length) return input
  const columns = input.columns.map((column, i) => {
    const name = names[i]
    return typeof name === 'string' ? { ...column, name } : column
  })
  return { columns, isSparse: input.isSparse }
}
