// A fitted MinMaxScaler in; a scale region out.

import { toNumbers } from './estimator-reader.ts'
import { defineEstimator } from './estimator-spec.ts'
import { readPerColumn, scaleColumns } from './scale-columns.ts'

export const minMaxScaler = defineEstimator({
  names: ['MinMaxScaler'],
  role: 'transformer',
  notes: 'any feature_range, clip',
  reads: ['scale_', 'min_', 'clip', 'feature_range'],
  ignored: {
    data_min_: 'fitted into min_',
    data_max_: 'fitted into scale_',
    data_range_: 'fitted into scale_',
    n_samples_seen_: 'training state',
    copy: 'memory only',
  },
  transform(reader, input, scope) {
    const range = toNumbers(reader.value('feature_range'))
    if (range?.length !== 2 || !(range[0] <= range[1])) return reader.fail('feature_range', 'two ascending numbers')
    const clip = reader.boolean('clip') ? ([range[0], range[1]] as const) : undefined
    const first = Array.from(readPerColumn(reader, 'scale_', input))
    const second = Array.from(readPerColumn(reader, 'min_', input))
    return scaleColumns({ form: 'multiply-add', first, second, clip }, input, { scope, place: reader.place })
  },
})
