// A fitted KNNImputer in; a neighbour imputer region, and indicators, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { NdArray } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toFlatNumbers, toNumber } from '../estimator-reader.ts'
import { defineEstimator, isSince } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { indicate, isMissingScalar } from '../simple-imputer.ts'

/** Source: sklearn/impute/_knn.py of 1.9.1 and 1.5.2, `transform` and `_calc_impute`. */
export const kNeighborsImputer = defineEstimator({
  names: ['KNNImputer'],
  role: 'transformer',
  notes: 'nan_euclidean; weights uniform and distance, add_indicator, keep_empty_features, any number as missing value',
  reads: [
    '_fit_X',
    '_mask_fit_X',
    'missing_values',
    'n_neighbors',
    'weights',
    'metric',
    'add_indicator',
    'indicator_',
    'keep_empty_features',
  ],
  ignored: { copy: 'memory only', _valid_mask: 'follows from _mask_fit_X' },
  transform(reader, input, scope) {
    const { builder } = scope
    const { place } = reader
    if (reader.value('metric') !== 'nan_euclidean')
      throw unsupported(place, `metric ${describeValue(reader.value('metric'))}`, 'Supported is nan_euclidean.')
    const weights = reader.value('weights')
    if (weights !== 'uniform' && weights !== 'distance')
      throw unsupported(place, `weights=${describeValue(weights)}`, 'Supported are uniform and distance.')
    const count = reader.count('n_neighbors')
    if (count === 0) return reader.fail('n_neighbors', 'at least 1')
    const missing = readMissing(reader)
    const isNan = Number.isNaN(missing)
    builder.takeNumbers(input.columns, place, { nan: isNan, infinite: false })
    if (!isNan) for (const column of input.columns) builder.declareSentinel(column, missing)
    const width = input.columns.length
    const points = readPoints(reader, width)
    const imputed = builder.compute(
      {
        kind: 'neighbor-imputer',
        inputs: input.columns.map(({ ref }) => ref),
        count,
        weights,
        missing,
        takesStrangers: weights === 'uniform' && !isSince(place.version, 1, 6),
        points: exactTable(points, width),
      },
      input.columns,
      // what is filled in depends on the other columns, and is never missing
      0,
    )
    const keepsEmpty = reader.valueOr('keep_empty_features', false) === true
    const kept = imputed.filter((_, i) => keepsEmpty || hasValue(points, i, width))
    const sentinels = input.columns.map(() => missing)
    const indicators = reader.boolean('add_indicator') ? indicate(reader, input, { missing: sentinels, scope }) : []
    return { columns: [...kept, ...indicators], isSparse: false }
  },
})

function hasValue(points: Float64Array, column: number, width: number): boolean {
  for (let at = column; at < points.length; at += width) if (!Number.isNaN(points[at])) return true
  return false
}

function readMissing(reader: EstimatorReader): number {
  const value = reader.value('missing_values')
  if (isMissingScalar(value)) return NaN
  const number = toNumber(value)
  if (number !== undefined && Number.isFinite(number)) return number
  throw unsupported(reader.place, `missing_values=${describeValue(value)}`, 'Supported are NaN and numbers.')
}

/** NaN where a training value was missing. */
function readPoints(reader: EstimatorReader, width: number): Float64Array {
  const [fitted, masked] = [reader.array('_fit_X'), reader.array('_mask_fit_X')]
  const [values, mask] = [toFlatNumbers(fitted), toFlatNumbers(masked)]
  if (!(fitted instanceof NdArray) || fitted.shape.length !== 2 || fitted.shape[1] !== width || fitted.shape[0] === 0)
    return reader.fail('_fit_X', `rows of ${width} numbers`)
  if (values === undefined || mask?.length !== values.length) return reader.fail('_mask_fit_X', 'the shape of _fit_X')
  const points = values.map((value, at) => (mask[at] === 0 ? value : NaN))
  return points.some((value) => Math.abs(value) === Infinity) ? reader.fail('_fit_X', 'finite numbers') : points
}
