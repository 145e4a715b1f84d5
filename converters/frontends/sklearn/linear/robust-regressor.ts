// A fitted HuberRegressor, QuantileRegressor or TheilSenRegressor in; a dense chain of one layer out.

import { attributeReasons } from './attribute-reasons.ts'
import { linearRegressor } from './linear-regressor.ts'

export const robustRegressor = linearRegressor({
  names: ['HuberRegressor', 'QuantileRegressor', 'TheilSenRegressor'],
  notes: 'as fitted',
  ignored: attributeReasons({
    'fitted into coef_': 'alpha epsilon quantile',
    'fitted into intercept_': 'fit_intercept',
    'training only':
      'max_iter max_subpopulation _max_subpopulation n_subsamples random_state solver solver_options tol warm_start',
    'training state': 'breakdown_ n_iter_ n_subpopulation_ outliers_ scale_',
    'messages only': 'verbose',
    'memory only': 'copy_X',
    'speed only': 'n_jobs',
  }),
})
