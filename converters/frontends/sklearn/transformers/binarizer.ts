// A fitted Binarizer in; 1 above its threshold, else 0, out.

import { defineEstimator } from '../estimator-spec.ts'
import { mapColumns } from './map-columns.ts'

/** Source: scikit-learn 1.9, preprocessing/_data.py, `binarize`. */
export const binarizer = defineEstimator({
  names: ['Binarizer'],
  role: 'transformer',
  notes: 'any threshold',
  reads: ['threshold'],
  ignored: { copy: 'memory only' },
  transform(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const settings = [reader.finite('threshold')]
    const columns = mapColumns(
      input.columns.map(() => ({ name: 'above', settings })),
      input,
      scope,
    )
    return { columns, isSparse: input.isSparse }
  },
})
