// A fitted BayesianRidge or ARDRegression in; the mean that it predicts, as a dense chain of one layer, out.

import { attributeReasons } from './attribute-reasons.ts'
import { linearRegressor } from './linear-regressor.ts'

/** `predict` without `return_std`; `coef_` is that of the columns as they arrive, under `normalize` too. */
export const bayesianRegressor = linearRegressor({
  names: ['BayesianRidge', 'ARDRegression'],
  notes: 'the mean, without its deviation',
  ignored: attributeReasons({
    'fitted into coef_':
      'normalize _normalize alpha_1 alpha_2 alpha_init lambda_1 lambda_2 lambda_init threshold_lambda',
    'fitted into intercept_': 'fit_intercept',
    'training only': 'compute_score max_iter n_iter tol',
    'training state': 'n_iter_ scores_',
    'of the deviation only': 'X_offset_ X_scale_ alpha_ lambda_ sigma_',
    'messages only': 'verbose',
    'memory only': 'copy_X',
  }),
})
