// A fitted RANSACRegressor in; what its final estimator predicts out.

import { defineEstimator } from '../estimator-spec.ts'
import { pathWithin } from '../place.ts'
import { attributeReasons } from './attribute-reasons.ts'

/** Source: sklearn/linear_model/_ransac.py of 1.9.1, `predict`. */
export const ransacRegressor = defineEstimator({
  names: ['RANSACRegressor'],
  role: 'regressor',
  notes: 'any supported regressor within',
  reads: ['estimator_'],
  ignored: attributeReasons({
    'estimator_ is the fitted one': 'estimator base_estimator',
    'training only':
      'is_data_valid is_model_valid loss max_skips max_trials min_samples random_state residual_threshold stop_n_inliers stop_probability stop_score',
    'training state': 'inlier_mask_ n_skips_invalid_data_ n_skips_invalid_model_ n_skips_no_inliers_ n_trials_',
  }),
  predict(reader, input, scope) {
    return scope.predict(reader.value('estimator_'), input, pathWithin(reader.place, 'estimator'))
  },
})
