// A fitted KernelRidge in; its kernel and the weighted sums over its training rows out, a dense chain where the kernel is linear.

import { addDenseChain } from '../dense-output.ts'
import { type EstimatorReader, type Matrix, toFlatNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { toDenseMatrix } from '../linear/dense-matrix.ts'
import { regressorOf } from '../regressor.ts'
import { kernelColumns, kernelNotes, kernelReads, readKernel } from './fitted-kernel.ts'
import { linearMap } from './kernel-maps.ts'

/** Source: sklearn/kernel_ridge.py of 1.9.1, `predict`: the kernel of a row and each training row, times dual_coef_. */
export const kernelRidge = defineEstimator({
  names: ['KernelRidge'],
  role: 'regressor',
  notes: `${kernelNotes}; one or several targets`,
  reads: [...kernelReads, 'X_fit_', 'dual_coef_'],
  ignored: { alpha: 'fitted into dual_coef_', kernel_params: 'of kernels that are functions, which are refused' },
  predict(reader, input, scope) {
    const { place } = reader
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const kernel = readKernel(reader, input)
    const points = toDenseMatrix(reader.value('X_fit_'), place, 'X_fit_')
    if (points.columnCount !== input.columns.length || points.rowCount === 0)
      throw reader.corrupt('X_fit_', `rows of ${input.columns.length} numbers`, `${points.columnCount}`)
    const weights = readWeights(reader, points)
    if (kernel.kernel === 'linear') {
      const layer = {
        inputWidth: points.columnCount,
        outputWidth: weights.columnCount,
        weights: product(points, weights),
        bias: new Float64Array(weights.columnCount),
        activation: 'identity',
      } as const
      return regressorOf(addDenseChain([layer], input, { builder: scope.builder, place }))
    }
    const columns = kernelColumns(kernel, points, { input, scope })
    const bias = new Float64Array(weights.columnCount)
    return regressorOf(linearMap(weights, bias, { columns, sources: input.columns, scope }).map(({ ref }) => ref))
  },
})

/** One row a training row; a vector is one target. */
function readWeights(reader: EstimatorReader, { rowCount }: Matrix): Matrix {
  const array = reader.array('dual_coef_')
  const values = toFlatNumbers(array)
  const columnCount = array.shape.length === 2 ? array.shape[1] : 1
  const fits = array.shape.length <= 2 && array.shape[0] === rowCount && columnCount > 0
  if (fits && values?.length === rowCount * columnCount && values.every(Number.isFinite))
    return { rowCount, columnCount, values }
  return reader.fail('dual_coef_', `finite numbers for ${rowCount} rows`)
}

/** pointsᵀ · weights, [features, targets]. */
function product(points: Matrix, weights: Matrix): Float64Array {
  const result = new Float64Array(points.columnCount * weights.columnCount)
  for (let row = 0; row < points.rowCount; row++)
    for (let i = 0; i < points.columnCount; i++) {
      const value = points.values[row * points.columnCount + i]
      for (let j = 0; j < weights.columnCount; j++)
        result[i * weights.columnCount + j] += value * weights.values[row * weights.columnCount + j]
    }
  return result
}
