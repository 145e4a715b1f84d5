// A fitted PCA or IncrementalPCA in; its components as a linear map of the columns, less their means, out.

import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { decompose } from './linear-decompositions.ts'

/** Source: scikit-learn 1.9, decomposition/_base.py, `transform`: (X − mean) · componentsᵀ, divided by √variance where whitened. */
export const pca = defineEstimator({
  names: ['PCA', 'IncrementalPCA'],
  role: 'transformer',
  notes: 'with or without whitening',
  reads: ['components_', 'mean_', 'explained_variance_', 'whiten', 'n_components_'],
  ignored: {
    copy: 'memory only',
    batch_size: 'training only',
    batch_size_: 'training state',
    explained_variance_ratio_: 'training state',
    iterated_power: 'training only',
    n_components: 'fitted into components_',
    n_features_: 'counted against the columns',
    n_oversamples: 'training only',
    n_samples_: 'training state',
    n_samples_seen_: 'training state',
    noise_variance_: 'scores only',
    power_iteration_normalizer: 'training only',
    random_state: 'training only',
    singular_values_: 'training state',
    svd_solver: 'training only',
    _fit_svd_solver: 'training only',
    tol: 'training only',
    var_: 'training state',
  },
  transform(reader, input, scope) {
    const components = toMatrix(reader.value('components_'), reader.place, 'components_')
    const mean = reader.finiteNumbers('mean_', components.columnCount)
    const variance = reader.finiteNumbers('explained_variance_', components.rowCount)
    // a variance of nothing but rounding is not divided by
    const divisors = reader.boolean('whiten')
      ? variance.map((value) => Math.max(Math.sqrt(value), Number.EPSILON))
      : undefined
    return { columns: decompose({ components, mean, divisors }, input, { reader, scope }), isSparse: false }
  },
})
