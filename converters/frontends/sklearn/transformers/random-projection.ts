// A fitted GaussianRandomProjection in; its components as a linear map of the columns out.

import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { decompose } from './linear-decompositions.ts'

/** Source: scikit-learn 1.9, random_projection.py, `transform`: X · componentsᵀ. */
export const randomProjection = defineEstimator({
  names: ['GaussianRandomProjection'],
  role: 'transformer',
  notes: 'any number of components',
  reads: ['components_'],
  ignored: {
    compute_inverse_components: 'the way back',
    dense_output: 'of sparse projections',
    eps: 'fitted into components_',
    inverse_components_: 'the way back',
    n_components: 'fitted into components_',
    n_components_: 'counted from components_',
    random_state: 'training only',
    _n_features_out: 'counted from components_',
  },
  transform(reader, input, scope) {
    const components = toMatrix(reader.value('components_'), reader.place, 'components_')
    return { columns: decompose({ components }, input, { reader, scope }), isSparse: false }
  },
})
