// A fitted PLSRegression, PLSCanonical, CCA or PLSSVD in; the values that it predicts, or the scores of its components, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { addDenseChain, transpose } from '../dense-output.ts'
import { type EstimatorReader, type Matrix, toMatrix } from '../estimator-reader.ts'
import { defineEstimator, isSince, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { regressorOf } from '../regressor.ts'
import { centerAndScale, readDivisors, readPerColumn } from '../scale-columns.ts'
import { attributeReasons } from './attribute-reasons.ts'

const ignored = attributeReasons({
  'training only': 'algorithm max_iter n_components scale tol',
  'fitted into coef_': '_norm_y_weights _y_std deflation_mode mode',
  'training state': '_x_scores _y_scores n_iter_ x_loadings_ x_scores_ y_loadings_ y_rotations_ y_scores_ y_weights_',
  'names the columns of transform': '_n_features_out',
  'one target is one value': '_predict_1d',
  'warns only': '_coef_warning',
  'memory only': 'copy',
})

/** Source: sklearn/cross_decomposition/_pls.py of 1.9.1, `_PLS.predict`. `transform` is left out: in a pipeline `fit_transform` gives a pair there, which no step takes. */
export const partialLeastSquares = defineEstimator({
  names: ['PLSRegression', 'PLSCanonical', 'CCA'],
  role: 'regressor',
  notes: 'one or several targets',
  reads: ['coef_', '_coef_', 'intercept_', '_x_mean', '_x_std', '_y_mean'],
  ignored: { ...ignored, x_weights_: 'fitted into coef_', x_rotations_: 'fitted into coef_' },
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const coefficients = readCoefficients(reader, input.columns.length)
    // From 1.5 on coefficients are divided by the deviations already.
    const columns = isSince(reader.place.version, 1, 5)
      ? centerAndScale({ center: readPerColumn(reader, '_x_mean', input) }, input, { scope, place: reader.place })
      : standardized(reader, input, scope)
    const width = coefficients.columnCount
    const layer = {
      inputWidth: coefficients.rowCount,
      outputWidth: width,
      weights: coefficients.values,
      bias: reader.finiteNumbers(isSince(reader.place.version, 1, 1) ? 'intercept_' : '_y_mean', width),
      activation: 'identity',
    } as const
    return regressorOf(addDenseChain([layer], columns, { builder: scope.builder, place: reader.place }))
  },
})

/** Source: the same file, `PLSSVD.transform`. */
export const partialLeastSquaresSvd = defineEstimator({
  names: ['PLSSVD'],
  role: 'transformer',
  notes: 'scores of the components',
  reads: ['x_weights_', '_x_mean', '_x_std'],
  ignored: { ...ignored, _y_mean: 'of the targets only' },
  transform(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const { columnCount: width, values } = readRows(reader, 'x_weights_', input.columns.length)
    const { columns } = standardized(reader, input, scope)
    const tables = { weights: exactTable(values, width), bias: exactTable(new Float64Array(width), width) }
    const inputs = columns.map(({ ref }) => ref)
    return { columns: scope.builder.compute({ kind: 'linear', inputs, ...tables }, columns), isSparse: false }
  },
})

function standardized(reader: EstimatorReader, input: ColumnSet, scope: Scope): ColumnSet {
  const parts = {
    center: readPerColumn(reader, '_x_mean', input),
    scale: readDivisors(reader, '_x_std', input),
  }
  return centerAndScale(parts, input, { scope, place: reader.place })
}

/** [features, targets]: 1.0 keeps them so, 1.1 and 1.2 the other way round under another name, later ones the other way round. */
function readCoefficients(reader: EstimatorReader, width: number): Matrix {
  if (!isSince(reader.place.version, 1, 1)) return readRows(reader, 'coef_', width)
  const name = isSince(reader.place.version, 1, 3) ? 'coef_' : '_coef_'
  const matrix = toMatrix(reader.value(name), reader.place, name)
  if (matrix.columnCount !== width || matrix.rowCount === 0)
    throw reader.corrupt(name, `a matrix with ${width} columns`, `${matrix.rowCount} by ${matrix.columnCount}`)
  return { rowCount: width, columnCount: matrix.rowCount, values: transpose(matrix) }
}

function readRows(reader: EstimatorReader, name: string, width: number): Matrix {
  const matrix = toMatrix(reader.value(name), reader.place, name)
  if (matrix.rowCount === width && matrix.columnCount > 0) return matrix
  throw reader.corrupt(name, `a matrix with ${width} rows`, `${matrix.rowCount} by ${matrix.columnCount}`)
}
