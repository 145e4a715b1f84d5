// A fitted RobustScaler in; a scale region out.

import { defineEstimator } from './estimator-spec.ts'
import { centerAndScale, readDivisors, readPerColumn } from './scale-columns.ts'

export const robustScaler = defineEstimator({
  names: ['RobustScaler'],
  role: 'transformer',
  notes: 'with or without centering and scaling, any quantile_range, unit_variance',
  reads: ['center_', 'scale_', 'with_centering', 'with_scaling'],
  ignored: {
    quantile_range: 'fitted into scale_',
    unit_variance: 'fitted into scale_',
    copy: 'memory only',
  },
  transform(reader, input, scope) {
    const center = reader.boolean('with_centering') ? readPerColumn(reader, 'center_', input) : undefined
    const scale = reader.boolean('with_scaling') ? readDivisors(reader, 'scale_', input) : undefined
    return centerAndScale({ center, scale }, input, { scope, place: reader.place })
  },
})
