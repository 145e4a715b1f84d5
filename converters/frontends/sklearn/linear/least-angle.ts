// A fitted model of least angle regression or orthogonal matching pursuit in; a dense chain of one layer out.

import { attributeReasons } from './attribute-reasons.ts'
import { linearRegressor } from './linear-regressor.ts'

export const leastAngle = linearRegressor({
  names: [
    'Lars',
    'LarsCV',
    'LassoLars',
    'LassoLarsCV',
    'LassoLarsIC',
    'OrthogonalMatchingPursuit',
    'OrthogonalMatchingPursuitCV',
  ],
  notes: 'as fitted',
  ignored: attributeReasons({
    'fitted into coef_': 'alpha alpha_ n_nonzero_coefs n_nonzero_coefs_ normalize positive',
    'fitted into intercept_': 'fit_intercept',
    'training only':
      'criterion cv eps fit_path jitter max_iter max_n_alphas noise_variance precompute random_state tol method',
    'training state': 'active_ alphas_ coef_path_ criterion_ cv_alphas_ mse_path_ n_iter_ noise_variance_',
    'messages only': 'verbose',
    'memory only': 'copy copy_X',
    'speed only': 'n_jobs',
  }),
})
