// A fitted MaxAbsScaler in; a scale region out.

import { defineEstimator } from '../estimator-spec.ts'
import { readDivisors, scaleColumns } from '../scale-columns.ts'

/** Source: scikit-learn 1.9, preprocessing/_data.py, `MaxAbsScaler.transform`. */
export const maxAbsScaler = defineEstimator({
  names: ['MaxAbsScaler'],
  role: 'transformer',
  notes: 'clip',
  reads: ['scale_', 'clip'],
  ignored: { max_abs_: 'fitted into scale_', n_samples_seen_: 'training state', copy: 'memory only' },
  transform(reader, input, scope) {
    const scale = Array.from(readDivisors(reader, 'scale_', input))
    const zeros = scale.map(() => 0)
    const clip = reader.has('clip') && reader.boolean('clip') ? ([-1, 1] as const) : undefined
    const context = { scope, place: reader.place }
    if (!input.isSparse)
      return scaleColumns({ form: 'subtract-divide', first: zeros, second: scale, clip }, input, context)
    const first = scale.map((value) => 1 / value)
    return scaleColumns({ form: 'multiply-add', first, second: zeros, clip }, input, context)
  },
})
