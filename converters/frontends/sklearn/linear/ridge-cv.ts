// A fitted RidgeCV in; a dense chain of one layer out.

import { attributeReasons } from './attribute-reasons.ts'
import { linearRegressor } from './linear-regressor.ts'

/** What the cross-validation of ridge models leaves behind, the classifier's too. */
export const ridgeSearchIgnored = attributeReasons({
  'fitted into coef_': 'alpha_ alphas alpha_per_target normalize',
  'fitted into intercept_': 'fit_intercept',
  'training only': 'cv gcv_mode scoring store_cv_values store_cv_results _store_cv_results',
  'training state': 'best_score_ cv_results_ cv_values_',
})

export const ridgeCv = linearRegressor({
  names: ['RidgeCV'],
  notes: 'one or several targets',
  ignored: ridgeSearchIgnored,
})
