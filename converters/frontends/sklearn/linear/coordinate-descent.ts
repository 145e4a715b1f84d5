// A fitted LassoCV, ElasticNetCV or one of their relatives for several tasks in; a dense chain of one layer out.

import { attributeReasons } from './attribute-reasons.ts'
import { linearRegressor } from './linear-regressor.ts'

export const coordinateDescent = linearRegressor({
  names: [
    'LassoCV',
    'ElasticNetCV',
    'MultiTaskLasso',
    'MultiTaskElasticNet',
    'MultiTaskLassoCV',
    'MultiTaskElasticNetCV',
  ],
  notes: 'as fitted; those for several tasks give a value a task',
  ignored: attributeReasons({
    'fitted into coef_': 'alpha alpha_ alphas _alphas l1_ratio l1_ratio_ normalize positive',
    'fitted into intercept_': 'fit_intercept',
    'training only': 'cv eps max_iter n_alphas precompute random_state selection tol warm_start',
    'training state': 'alphas_ dual_gap_ eps_ mse_path_ n_iter_',
    'messages only': 'verbose',
    'memory only': 'copy_X',
    'speed only': 'n_jobs',
    'the same as coef_': 'sparse_coef_',
  }),
})
