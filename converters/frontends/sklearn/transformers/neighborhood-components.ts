// A fitted NeighborhoodComponentsAnalysis in; its components as a linear map of the columns out.

import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { decompose } from './linear-decompositions.ts'

/** Source: scikit-learn 1.9, neighbors/_nca.py, `transform`: X · componentsᵀ. */
export const neighborhoodComponents = defineEstimator({
  names: ['NeighborhoodComponentsAnalysis'],
  role: 'transformer',
  notes: 'any number of components',
  reads: ['components_'],
  ignored: {
    callback: 'training only',
    init: 'training only',
    max_iter: 'training only',
    n_components: 'fitted into components_',
    n_iter_: 'training state',
    random_state: 'training only',
    random_state_: 'training only',
    tol: 'training only',
    verbose: 'messages only',
    warm_start: 'training only',
    _n_features_out: 'counted from components_',
  },
  transform(reader, input, scope) {
    const components = toMatrix(reader.value('components_'), reader.place, 'components_')
    return { columns: decompose({ components }, input, { reader, scope }), isSparse: false }
  },
})
