// A fitted TransformedTargetRegressor in; its regressor's values, taken back to the target's own scale, out.

import { defineEstimator } from '../estimator-spec.ts'
import { pathWithin } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { regressorValues } from './child-answers.ts'
import { FormulaColumns } from './formula-columns.ts'
import { inverseTransform } from './inverse-transform.ts'

/** Source: sklearn/compose/_target.py of 1.9.1, `predict`. */
export const transformedTargetRegressor = defineEstimator({
  names: ['TransformedTargetRegressor'],
  role: 'regressor',
  notes: 'functions of numpy and scipy.special, scalers, PowerTransformer and QuantileTransformer',
  reads: ['regressor_', 'transformer_'],
  ignored: {
    _training_dim: 'shape of the output only',
    check_inverse: 'training only',
    func: 'in transformer_',
    inverse_func: 'in transformer_',
    regressor: 'fitted into regressor_',
    transformer: 'fitted into transformer_',
  },
  predict(reader, input, scope) {
    const { place } = reader
    const formulas = new FormulaColumns(scope.builder)
    const child = scope.predict(reader.value('regressor_'), input, pathWithin(place, 'regressor_'))
    const values = regressorValues(child, formulas, place)
    return regressorOf(inverseTransform(reader.value('transformer_'), values, { formulas, place }))
  },
})
