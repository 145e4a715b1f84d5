// What estimators that are fitted by stochastic gradient descent, or by liblinear, keep besides their coefficients.

import { attributeReasons } from './attribute-reasons.ts'

export const stochasticIgnored = attributeReasons({
  'fitted into coef_': 'C alpha class_weight epsilon l1_ratio penalty nu average',
  'fitted into intercept_': 'fit_intercept intercept_scaling',
  'training only':
    'dual early_stopping eta0 learning_rate max_iter n_iter_no_change power_t random_state shuffle tol validation_fraction warm_start',
  'training state':
    '_average_coef _average_intercept _expanded_class_weight _loss_function_ _standard_coef _standard_intercept loss_function_ n_iter_ t_ average_coef_ average_intercept_ standard_coef_ standard_intercept_ _validation_score_cb',
  'messages only': 'verbose',
  'speed only': 'n_jobs',
})
