// A fitted GaussianProcessRegressor in; its covariance with the training rows and their weighted sums, the mean, out.

import { type EstimatorReader, toFlatNumbers, toNumber, toNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { regressorOf } from '../regressor.ts'
import { linearMap } from './kernel-maps.ts'
import { covarianceColumns, processIgnored, processNotes, readProcessKernel } from './process-kernel.ts'

/** Source: sklearn/gaussian_process/_gpr.py of 1.9.1, `predict`: deviation · (covariances · alpha_) + mean. */
export const gaussianProcessRegressor = defineEstimator({
  names: ['GaussianProcessRegressor'],
  role: 'regressor',
  notes: `the mean, without its deviation; ${processNotes}; normalize_y, one or several targets`,
  reads: ['X_train_', 'kernel_', 'alpha_', '_y_train_mean', '_y_train_std'],
  ignored: {
    ...processIgnored,
    alpha: 'fitted into alpha_',
    normalize_y: 'fitted into _y_train_mean and _y_train_std',
    y_train_: 'fitted into alpha_',
    L_: 'of the deviation only',
    _K_inv: 'of the deviation only',
  },
  predict(reader, input, scope) {
    const { builder } = scope
    builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const kernel = readProcessKernel(reader, input)
    const weights = readWeights(reader, kernel.points.rowCount)
    const { columnCount } = weights
    const columns = covarianceColumns(kernel, 'points', { input, scope })
    const sums = linearMap(weights, new Float64Array(columnCount), { columns, sources: input.columns, scope })
    const [first, second] = [
      perTarget(reader, '_y_train_std', columnCount),
      perTarget(reader, '_y_train_mean', columnCount),
    ]
    if (first.every((each) => each === 1) && second.every((each) => each === 0))
      return regressorOf(sums.map(({ ref }) => ref))
    const inputs = sums.map(({ ref }) => ref)
    const scaled = builder.compute({ kind: 'scale', inputs, form: 'multiply-add', first, second }, input.columns)
    return regressorOf(scaled.map(({ ref }) => ref))
  },
})

/** One row a training row; a vector is one target. */
function readWeights(reader: EstimatorReader, rowCount: number) {
  const array = reader.array('alpha_')
  const values = toFlatNumbers(array)
  const columnCount = array.shape.length === 2 ? array.shape[1] : 1
  const fits = array.shape.length <= 2 && array.shape[0] === rowCount && columnCount > 0
  if (fits && values?.length === rowCount * columnCount && values.every(Number.isFinite))
    return { rowCount, columnCount, values }
  return reader.fail('alpha_', `finite numbers for ${rowCount} rows`)
}

/** Some versions keep one number for all targets. */
function perTarget(reader: EstimatorReader, name: string, count: number): number[] {
  const value = reader.value(name)
  const number = toNumber(value)
  const numbers = number === undefined ? toNumbers(value) : new Float64Array(count).fill(number)
  if (numbers?.length === count && numbers.every(Number.isFinite)) return Array.from(numbers)
  return reader.fail(name, `${count} finite numbers`)
}
