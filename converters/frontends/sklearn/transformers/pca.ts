// A fitted PCA in; its components as a linear map of the columns, less their means, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { transpose } from '../dense-output.ts'
import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'

/** Source: sklearn/decomposition/_base.py of 1.9.1, `transform`: (X − mean) · componentsᵀ, divided by √variance where whitened. */
export const pca = defineEstimator({
  names: ['PCA'],
  role: 'transformer',
  notes: 'with or without whitening',
  reads: ['components_', 'mean_', 'explained_variance_', 'whiten', 'n_components_'],
  ignored: {
    copy: 'memory only',
    explained_variance_ratio_: 'training state',
    iterated_power: 'training only',
    n_components: 'fitted into components_',
    n_features_: 'counted against the columns',
    n_oversamples: 'training only',
    n_samples_: 'training state',
    noise_variance_: 'scores only',
    power_iteration_normalizer: 'training only',
    random_state: 'training only',
    singular_values_: 'training state',
    svd_solver: 'training only',
    _fit_svd_solver: 'training only',
    tol: 'training only',
  },
  transform(reader, input, scope) {
    const { builder } = scope
    const { place } = reader
    builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const components = toMatrix(reader.value('components_'), place, 'components_')
    if (components.columnCount !== input.columns.length)
      throw reader.corrupt('components_', `${input.columns.length} columns`, `${components.columnCount}`)
    const mean = reader.finiteNumbers('mean_', components.columnCount)
    const variance = reader.finiteNumbers('explained_variance_', components.rowCount)
    const isWhite = reader.boolean('whiten')
    const first = Array.from(mean)
    const centered = builder.compute(
      {
        kind: 'scale',
        inputs: input.columns.map(({ ref }) => ref),
        form: 'subtract-divide',
        first,
        second: first.map(() => 1),
      },
      input.columns,
    )
    const weights = transpose(components)
    if (isWhite) for (let i = 0; i < weights.length; i++) weights[i] /= Math.sqrt(variance[i % components.rowCount])
    const columns = builder.compute(
      {
        kind: 'linear',
        inputs: centered.map(({ ref }) => ref),
        weights: exactTable(weights, components.rowCount),
        bias: exactTable(new Float64Array(components.rowCount), components.rowCount),
      },
      input.columns,
    )
    return { columns, isSparse: false }
  },
})
