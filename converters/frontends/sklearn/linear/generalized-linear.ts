// A fitted PoissonRegressor, GammaRegressor or TweedieRegressor in; a dense chain of one layer and its inverse link out.

import { addDenseChain } from '../dense-output.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { readLinearLayer } from '../linear-layer.ts'
import { unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { attributeReasons } from './attribute-reasons.ts'

/** Source: sklearn/linear_model/_glm/glm.py of 1.9.1, `predict` and `TweedieRegressor._get_loss`. */
export const generalizedLinear = defineEstimator({
  names: ['PoissonRegressor', 'GammaRegressor', 'TweedieRegressor'],
  role: 'regressor',
  notes: 'every power; links log and identity',
  reads: ['coef_', 'intercept_', 'link', 'power'],
  ignored: attributeReasons({
    'fitted into coef_': 'alpha',
    'fitted into intercept_': 'fit_intercept',
    'training only': 'max_iter solver tol warm_start family',
    'training state': '_base_loss _family_instance _linear_loss n_iter_',
    'link and power say the same': '_link_instance',
    'messages only': 'verbose',
  }),
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const layer = readLinearLayer(reader, input)
    const output = addDenseChain([layer], input, { builder: scope.builder, place: reader.place })
    return regressorOf(output, readLink(reader) === 'log' ? 'exp' : 'identity')
  },
})

function readLink(reader: EstimatorReader): 'identity' | 'log' {
  // Before 1.1 Poisson and Gamma kept the link and the power of their family, which are these.
  if (reader.place.className !== 'TweedieRegressor') return 'log'
  const link = reader.string('link')
  switch (link) {
    case 'auto':
      return reader.finite('power') <= 0 ? 'identity' : 'log'
    case 'identity':
    case 'log':
      return link
    default:
      throw unsupported(reader.place, `link=${link}`, 'Supported are auto, identity and log.')
  }
}
