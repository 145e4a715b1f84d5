// A fitted VarianceThreshold in; the columns that it keeps out.

import { defineEstimator } from '../estimator-spec.ts'
import { keepColumns } from './column-selectors.ts'

/** Source: scikit-learn 1.9, feature_selection/_variance_threshold.py. */
export const varianceThreshold = defineEstimator({
  names: ['VarianceThreshold'],
  role: 'transformer',
  notes: 'any threshold',
  reads: ['variances_', 'threshold'],
  ignored: {},
  transform(reader, input, scope) {
    const threshold = reader.number('threshold')
    const mask = Array.from(reader.numbers('variances_'), (variance) => variance > threshold)
    return keepColumns(mask, input, { reader, scope, takes: { nan: true, infinite: true } })
  },
})
