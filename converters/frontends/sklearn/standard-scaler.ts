// A fitted StandardScaler in; a scale region out.

import { defineEstimator } from './estimator-spec.ts'
import { centerAndScale, readDivisors, readPerColumn } from './scale-columns.ts'

export const standardScaler = defineEstimator({
  names: ['StandardScaler'],
  role: 'transformer',
  notes: 'with or without mean and deviation',
  reads: ['mean_', 'scale_', 'with_mean', 'with_std'],
  ignored: { var_: 'fitted into scale_', n_samples_seen_: 'training state', copy: 'memory only' },
  transform(reader, input, scope) {
    const center = reader.boolean('with_mean') ? readPerColumn(reader, 'mean_', input) : undefined
    const scale = reader.boolean('with_std') ? readDivisors(reader, 'scale_', input) : undefined
    return centerAndScale({ center, scale }, input, { scope, place: reader.place })
  },
})
