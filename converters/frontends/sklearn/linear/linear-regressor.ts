// Class names of regressors whose answer is X · coef_ᵀ + intercept_ in; their spec out.

import { addDenseChain } from '../dense-output.ts'
import { defineEstimator, type EstimatorSpec } from '../estimator-spec.ts'
import { readLinearLayer } from '../linear-layer.ts'
import { regressorOf } from '../regressor.ts'

type LinearRegressor = Pick<EstimatorSpec, 'names' | 'notes' | 'ignored'>

/** Source: sklearn/linear_model/_base.py of 1.9.1, `LinearModel.predict`, which all of them inherit or repeat. */
export function linearRegressor({ names, notes, ignored }: LinearRegressor): EstimatorSpec {
  return defineEstimator({
    names,
    role: 'regressor',
    notes,
    reads: ['coef_', 'intercept_'],
    ignored,
    predict(reader, input, scope) {
      scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
      const layer = readLinearLayer(reader, input)
      return regressorOf(addDenseChain([layer], input, { builder: scope.builder, place: reader.place }))
    },
  })
}
