// A fitted FeatureUnion in; the columns of all its transformers, one after the other, out.

import { pathWithin } from './place.ts'
import { defineEstimator } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import { joinColumns, weighColumns } from './weigh-columns.ts'

export const featureUnion = defineEstimator({
  names: ['FeatureUnion'],
  role: 'composite',
  notes: 'transformer_weights, passthrough, drop',
  reads: ['transformer_list', 'transformer_weights'],
  ignored: {
    n_jobs: 'speed only',
    verbose: 'messages only',
    verbose_feature_names_out: 'names of the outputs only',
    _transformers_feature_names_out: 'names of the outputs only',
  },
  transform(reader, input, scope) {
    const parts = reader.list('transformer_list').flatMap((entry): ColumnSet[] => {
      const [name, value] = Array.isArray(entry) && entry.length === 2 ? entry : []
      if (typeof name !== 'string' || value === undefined) {
        return reader.fail('transformer_list', 'pairs of name and transformer')
      }
      if (value === 'drop') return []
      const path = pathWithin(reader.place, name)
      const columns = value === 'passthrough' || value === null ? input : scope.transform(value, input, path)
      return [weighColumns(columns, name, { reader, scope })]
    })
    return joinColumns(
      parts,
      parts.some(({ isSparse }) => isSparse),
    )
  },
})
