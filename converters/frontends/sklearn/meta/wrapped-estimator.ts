// A fitted estimator that only wraps another one in; what the inner one does out.

import type { PyValue } from '../../../formats/pickle/values.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { notRefitted, pathWithin } from '../place.ts'

const searchIgnored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'estimator param_grid param_distributions n_iter scoring n_jobs cv verbose pre_dispatch error_score return_train_score',
    'random_state best_index_ best_params_ best_score_ cv_results_ multimetric_ n_splits_ refit_time_ scorer_ factor',
    'aggressive_elimination max_resources max_resources_ min_resources min_resources_ n_candidates n_candidates_',
    'n_iterations_ n_possible_iterations_ n_remaining_candidates_ n_required_iterations_ n_resources_ resource',
    '_n_samples_orig _checked_cv_orig iid',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'training only, best_estimator_ answers'])),
)

export const searchCv = defineEstimator({
  names: ['GridSearchCV', 'RandomizedSearchCV', 'HalvingGridSearchCV', 'HalvingRandomSearchCV'],
  role: 'composite',
  notes: 'the best estimator, where refit left one',
  reads: ['best_estimator_', 'refit'],
  ignored: searchIgnored,
  transform(reader, input, scope) {
    return scope.transform(bestOf(reader), input, pathWithin(reader.place, 'best_estimator_'))
  },
  predict(reader, input, scope) {
    return scope.predict(bestOf(reader), input, pathWithin(reader.place, 'best_estimator_'))
  },
})

function bestOf(reader: EstimatorReader): PyValue {
  if (!reader.has('best_estimator_') && reader.has('cv_results_')) throw notRefitted(reader.place)
  return reader.value('best_estimator_')
}

export const frozenEstimator = defineEstimator({
  names: ['FrozenEstimator'],
  role: 'composite',
  notes: 'what it holds',
  reads: ['estimator'],
  ignored: {},
  transform(reader, input, scope) {
    return scope.transform(reader.value('estimator'), input, pathWithin(reader.place, 'estimator'))
  },
  predict(reader, input, scope) {
    return scope.predict(reader.value('estimator'), input, pathWithin(reader.place, 'estimator'))
  },
})

export const selfTrainingClassifier = defineEstimator({
  names: ['SelfTrainingClassifier'],
  role: 'classifier',
  notes: 'the classifier that it trained last',
  reads: ['estimator_', 'base_estimator_'],
  ignored: Object.fromEntries(
    [
      'estimator base_estimator classes_ criterion k_best labeled_iter_ max_iter n_iter_ termination_condition_',
      'threshold transduction_ verbose',
    ].flatMap((names) => names.split(' ').map((name) => [name, 'training only'])),
  ),
  predict(reader, input, scope) {
    const name = reader.has('estimator_') ? 'estimator_' : 'base_estimator_'
    return scope.predict(reader.value(name), input, pathWithin(reader.place, name))
  },
})
