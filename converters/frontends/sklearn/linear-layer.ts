// coef_ and intercept_ of a linear model in; one dense layer out.

import type { DenseLayer } from '../../../src/regions/dense-chain.ts'
import { transpose } from './dense-output.ts'
import { type EstimatorReader, toFlatNumbers, toMatrix, toNumber } from './estimator-reader.ts'
import type { ColumnSet } from './columns.ts'
import { NdArray } from '../../formats/pickle/values.ts'

export function readLinearLayer(reader: EstimatorReader, input: ColumnSet): DenseLayer {
  const coefficients = toMatrix(reader.value('coef_'), reader.place, 'coef_')
  if (coefficients.columnCount !== input.columns.length || coefficients.rowCount === 0) {
    throw reader.corrupt(
      'coef_',
      `a matrix with ${input.columns.length} columns`,
      `one of ${coefficients.rowCount} by ${coefficients.columnCount}`,
    )
  }
  return {
    inputWidth: coefficients.columnCount,
    outputWidth: coefficients.rowCount,
    weights: transpose(coefficients),
    bias: readIntercept(reader, coefficients.rowCount),
    activation: 'identity',
  }
}

/** One number for all outputs, as models fitted without an intercept have it, or one an output. */
function readIntercept(reader: EstimatorReader, width: number): Float64Array {
  const value = reader.value('intercept_')
  const single = toNumber(value)
  const values =
    single !== undefined
      ? new Float64Array(width).fill(single)
      : value instanceof NdArray
        ? toFlatNumbers(value)
        : undefined
  if (values === undefined || values.length !== width || !values.every(Number.isFinite)) {
    return reader.fail('intercept_', `${width} finite numbers`)
  }
  return values
}
