// A fitted LinearDiscriminantAnalysis in; a dense chain of one layer, or its projection of the columns, out.

import type { DenseLayer } from '../../../../src/regions/dense-chain.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import { classifierOf } from '../classifier.ts'
import { readClasses } from '../class-labels.ts'
import { addDenseChain, exactSums } from '../dense-output.ts'
import { type EstimatorReader, toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { readLinearLayer } from '../linear-layer.ts'
import { unsupported } from '../place.ts'

/** Source: sklearn/discriminant_analysis.py of 1.9.1, `predict_proba` (as logistic regression) and `transform`. */
export const linearDiscriminant = defineEstimator({
  names: ['LinearDiscriminantAnalysis'],
  role: 'classifier',
  notes: 'every solver; before the last step it transforms (svd and eigen)',
  reads: ['coef_', 'intercept_', 'classes_', 'scalings_', 'xbar_', 'means_', 'solver', '_max_components'],
  ignored: {
    covariance_: 'fitted into coef_',
    covariance_estimator: 'training only',
    explained_variance_ratio_: 'training state',
    n_components: 'fitted into _max_components',
    priors: 'fitted into intercept_',
    priors_: 'fitted into intercept_',
    shrinkage: 'training only',
    store_covariance: 'training only',
    tol: 'training only',
    _n_features_out: 'counted from scalings_',
  },
  predict(reader, input, scope) {
    const { builder } = scope
    const { place } = reader
    const classes = readClasses(reader)
    const layer = readLinearLayer(reader, input)
    const isBinary = classes.length === 2
    if (classes.length < 2 || layer.outputWidth !== (isBinary ? 1 : classes.length))
      throw reader.corrupt('coef_', `rows for ${classes.length} classes`, `${layer.outputWidth}`)
    builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const output = cancels(reader, layer)
      ? exactSums(layer, input, builder)
      : addDenseChain([layer], input, { builder, place })
    return classifierOf(output, classes, { link: isBinary ? 'sigmoid' : 'softmax', tie: 'first', hasScores: true })
  },
  transform(reader, input, { builder }) {
    const { place } = reader
    const solver = reader.string('solver')
    if (solver !== 'svd' && solver !== 'eigen')
      throw unsupported(place, `solver=${solver} as a transformer`, 'scikit-learn transforms with svd and eigen.')
    builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const { rowCount, columnCount, values } = toMatrix(reader.value('scalings_'), place, 'scalings_')
    if (rowCount !== input.columns.length)
      throw reader.corrupt('scalings_', `${input.columns.length} rows`, `${rowCount}`)
    const width = Math.min(columnCount, reader.count('_max_components'))
    if (width === 0) throw reader.corrupt('_max_components', 'at least 1', '0')
    const mean = solver === 'svd' ? Array.from(reader.finiteNumbers('xbar_', rowCount)) : []
    const centered =
      solver === 'svd'
        ? builder.compute(
            {
              kind: 'scale',
              inputs: input.columns.map(({ ref }) => ref),
              form: 'subtract-divide',
              first: mean,
              second: mean.map(() => 1),
            },
            input.columns,
          )
        : input.columns
    const columns = builder.compute(
      {
        kind: 'linear',
        inputs: centered.map(({ ref }) => ref),
        weights: exactTable(
          values.filter((_, i) => i % columnCount < width),
          width,
        ),
        bias: exactTable(new Float64Array(width), width),
      },
      input.columns,
    )
    return { columns, isSparse: false }
  },
})

/** Terms this large lose more than 1e-5 of a sum near 1 as float32. */
const largestTerms = 100

/** True where the terms at the means of the classes are so large that float32 would lose what is left of their sum. */
function cancels(reader: EstimatorReader, { weights, inputWidth, outputWidth }: DenseLayer): boolean {
  const means = toMatrix(reader.value('means_'), reader.place, 'means_')
  if (means.columnCount !== inputWidth) return reader.fail('means_', `rows of ${inputWidth}`)
  for (let row = 0; row < means.rowCount; row++) {
    for (let j = 0; j < outputWidth; j++) {
      let sum = 0
      for (let i = 0; i < inputWidth; i++)
        sum += Math.abs(weights[i * outputWidth + j] * means.values[row * inputWidth + i])
      if (sum > largestTerms) return true
    }
  }
  return false
}
