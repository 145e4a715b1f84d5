// A fitted Normalizer in; each row by its norm out.

import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'

/** Source: scikit-learn 1.9, preprocessing/_data.py, `normalize` and `_handle_zeros_in_scale`. */
export const normalizer = defineEstimator({
  names: ['Normalizer'],
  role: 'transformer',
  notes: 'norm l1, l2 and max',
  reads: ['norm'],
  ignored: { copy: 'memory only' },
  transform(reader, input, { builder }) {
    const norm = reader.string('norm')
    if (norm !== 'l1' && norm !== 'l2' && norm !== 'max')
      throw unsupported(reader.place, `norm=${norm}`, 'Supported are l1, l2 and max.')
    builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const inputs = input.columns.map(({ ref }) => ref)
    // dense rows of a smaller norm count as rows of zeros
    const least = input.isSparse ? 0 : 10 * Number.EPSILON
    const columns = builder.compute({ kind: 'normalize', inputs, norm, least }, input.columns)
    return { columns, isSparse: input.isSparse }
  },
})
