// A fitted KernelPCA in; its kernel, centred, as a linear map of the kernel's values out.

import { type EstimatorReader, type Matrix, toMatrix, toNumber } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { PyDict } from '../../../formats/pickle/values.ts'
import { toDenseMatrix } from '../linear/dense-matrix.ts'
import { kernelColumns, kernelNotes, kernelReads, readKernel } from './fitted-kernel.ts'
import { linearMap } from './kernel-maps.ts'

/**
 * Source: sklearn/decomposition/_kernel_pca.py of 1.9.1, `transform`, and `KernelCenterer.transform`: with A the scaled
 * eigenvectors, (k − mean of k − mean of each training row + mean of all) · A, which is k · (A − mean of A) + a constant.
 */
export const kernelPca = defineEstimator({
  names: ['KernelPCA'],
  role: 'transformer',
  notes: kernelNotes,
  reads: [...kernelReads, 'gamma_', 'X_fit_', 'eigenvalues_', 'eigenvectors_', '_centerer'],
  ignored: Object.fromEntries(
    [
      'n_components kernel_params alpha fit_inverse_transform eigen_solver tol max_iter iterated_power remove_zero_eig',
      'random_state n_jobs copy_X dual_coef_ X_transformed_fit_ _n_features_out',
    ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into eigenvectors_, or the way back'])),
  ),
  transform(reader, input, scope) {
    const { place } = reader
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const fitted = readKernel(reader, input)
    // 1.3 and later keep the one that was taken
    const gamma = toNumber(reader.valueOr('gamma_', null)) ?? fitted.gamma
    const points = toDenseMatrix(reader.value('X_fit_'), place, 'X_fit_')
    if (points.columnCount !== input.columns.length || points.rowCount === 0)
      throw reader.corrupt('X_fit_', `rows of ${input.columns.length} numbers`, `${points.columnCount}`)
    const columns = kernelColumns({ ...fitted, gamma }, points, { input, scope })
    const scaled = readScaled(reader, points.rowCount)
    const { weights, bias } = centered(reader, scaled)
    return { columns: linearMap(weights, bias, { columns, sources: input.columns, scope }), isSparse: false }
  },
})

/** Eigenvectors by the roots of their values, 0 where those are 0. */
function readScaled(reader: EstimatorReader, rowCount: number): Matrix {
  const vectors = toMatrix(reader.value('eigenvectors_'), reader.place, 'eigenvectors_')
  if (vectors.rowCount !== rowCount || vectors.columnCount === 0)
    throw reader.corrupt('eigenvectors_', `${rowCount} rows`, `${vectors.rowCount}`)
  const values = reader.finiteNumbers('eigenvalues_', vectors.columnCount)
  if (values.some((value) => value < 0)) return reader.fail('eigenvalues_', 'numbers of 0 or more')
  const roots = values.map(Math.sqrt)
  const scaled = vectors.values.map((value, at) => {
    const root = roots[at % vectors.columnCount]
    return root === 0 ? 0 : value / root
  })
  return { ...vectors, values: scaled }
}

function centered(reader: EstimatorReader, scaled: Matrix): { weights: Matrix; bias: Float64Array } {
  const { rowCount, columnCount, values } = scaled
  const { state } = reader.object('_centerer', 'KernelCenterer')
  const rowMeans =
    state instanceof PyDict ? toMatrix(state.get('K_fit_rows_') ?? null, reader.place, '_centerer') : undefined
  const mean = state instanceof PyDict ? toNumber(state.get('K_fit_all_')) : undefined
  if (rowMeans?.values.length !== rowCount || mean === undefined || !Number.isFinite(mean))
    return reader.fail('_centerer', `means of ${rowCount} rows`)
  const sums = new Float64Array(columnCount)
  const bias = new Float64Array(columnCount)
  for (let at = 0; at < values.length; at++) sums[at % columnCount] += values[at]
  for (let at = 0; at < values.length; at++)
    bias[at % columnCount] += (mean - rowMeans.values[Math.floor(at / columnCount)]) * values[at]
  const weights = values.map((value, at) => value - sums[at % columnCount] / rowCount)
  return { weights: { ...scaled, values: weights }, bias }
}
