// A fitted SGDRegressor, PassiveAggressiveRegressor or LinearSVR in; a dense chain of one layer out.

import { linearRegressor } from './linear-regressor.ts'
import { stochasticIgnored } from './stochastic-ignored.ts'

export const stochasticRegressor = linearRegressor({
  names: ['SGDRegressor', 'PassiveAggressiveRegressor', 'LinearSVR'],
  notes: 'every loss',
  ignored: { ...stochasticIgnored, loss: 'fitted into coef_' },
})
