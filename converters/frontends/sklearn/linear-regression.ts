// A fitted LinearRegression, Ridge, Lasso or ElasticNet in; a dense chain of one layer out.

import { addDenseChain } from './dense-output.ts'
import { defineEstimator } from './estimator-spec.ts'
import { readLinearLayer } from './linear-layer.ts'
import { regressorOf } from './regressor.ts'

export const linearRegression = defineEstimator({
  names: ['LinearRegression', 'Ridge', 'Lasso', 'ElasticNet'],
  role: 'regressor',
  notes: 'one or several targets',
  reads: ['coef_', 'intercept_'],
  ignored: {
    fit_intercept: 'fitted into intercept_',
    copy_X: 'memory only',
    n_jobs: 'speed only',
    positive: 'fitted into coef_',
    tol: 'training only',
    rank_: 'training state',
    singular_: 'training state',
    alpha: 'fitted into coef_',
    l1_ratio: 'fitted into coef_',
    max_iter: 'training only',
    random_state: 'training only',
    solver: 'training only',
    solver_: 'training only',
    n_iter_: 'training state',
    precompute: 'training only',
    selection: 'training only',
    warm_start: 'training only',
    normalize: 'fitted into coef_',
    _normalize: 'fitted into coef_',
    _residues: 'training state',
    dual_gap_: 'training state',
    sparse_coef_: 'the same as coef_',
  },
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const layer = readLinearLayer(reader, input)
    return regressorOf(addDenseChain([layer], input, { builder: scope.builder, place: reader.place }))
  },
})
