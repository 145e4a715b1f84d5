// A fitted TruncatedSVD or FastICA in; its components as a linear map of the columns out.

import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { decompose } from './linear-decompositions.ts'

/** Source: scikit-learn 1.9, decomposition/_truncated_svd.py, `transform`: X · componentsᵀ. */
export const truncatedSvd = defineEstimator({
  names: ['TruncatedSVD'],
  role: 'transformer',
  notes: 'any algorithm',
  reads: ['components_'],
  ignored: {
    algorithm: 'training only',
    explained_variance_: 'training state',
    explained_variance_ratio_: 'training state',
    n_components: 'fitted into components_',
    n_iter: 'training only',
    n_oversamples: 'training only',
    power_iteration_normalizer: 'training only',
    random_state: 'training only',
    singular_values_: 'training state',
    tol: 'training only',
  },
  transform(reader, input, scope) {
    const components = toMatrix(reader.value('components_'), reader.place, 'components_')
    return { columns: decompose({ components }, input, { reader, scope }), isSparse: false }
  },
})

/** Source: scikit-learn 1.9, decomposition/_fastica.py, `transform`: (X − mean) · componentsᵀ, without the mean where it does not whiten. */
export const fastIca = defineEstimator({
  names: ['FastICA'],
  role: 'transformer',
  notes: 'with or without whitening',
  reads: ['components_', 'mean_', 'whiten'],
  ignored: {
    algorithm: 'training only',
    fun: 'training only',
    fun_args: 'training only',
    max_iter: 'training only',
    mixing_: 'the way back',
    n_components: 'fitted into components_',
    n_iter_: 'training state',
    random_state: 'training only',
    tol: 'training only',
    w_init: 'training only',
    whiten_solver: 'training only',
    whitening_: 'fitted into components_',
    _unmixing: 'fitted into components_',
    _whiten: 'fitted into components_',
  },
  transform(reader, input, scope) {
    const components = toMatrix(reader.value('components_'), reader.place, 'components_')
    const isWhite = reader.value('whiten') !== false
    const mean = isWhite ? reader.finiteNumbers('mean_', components.columnCount) : undefined
    return { columns: decompose({ components, mean }, input, { reader, scope }), isSparse: false }
  },
})
