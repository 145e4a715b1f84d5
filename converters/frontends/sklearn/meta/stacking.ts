// A fitted StackingClassifier or StackingRegressor in; its final estimator on what its members answer out.

import { type EstimatorReader, toValues } from '../estimator-reader.ts'
import { readClasses } from '../class-labels.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin, unsupported } from '../place.ts'
import { classifierAnswers, predictedNumbers } from './child-answers.ts'
import { predictAll, readMembers } from './children.ts'
import { FormulaColumns } from './formula-columns.ts'
import { relabeled } from './relabeled.ts'

const reads = ['estimators_', 'final_estimator_', 'stack_method_', 'passthrough'] as const
const ignored = {
  estimators: 'estimators_ are those that were kept',
  named_estimators_: 'the same as estimators_',
  final_estimator: 'fitted into final_estimator_',
  stack_method: 'resolved into stack_method_',
  _n_feature_outs: 'names of columns only',
  cv: 'training only',
  n_jobs: 'speed only',
  verbose: 'messages only',
}

/** Source: sklearn/ensemble/_stacking.py of 1.9.1, `_concatenate_predictions`. */
export const stackingClassifier = defineEstimator({
  names: ['StackingClassifier'],
  role: 'classifier',
  notes: 'every stack_method, passthrough, dropped and prefit members, any final estimator',
  reads: [...reads, 'classes_'],
  ignored: { ...ignored, _label_encoder: 'classes_ says the same', _le: 'classes_ says the same' },
  predict(reader, input, scope) {
    if (Array.isArray(reader.value('classes_')))
      throw unsupported(reader.place, 'stacking for several yes/no targets', 'Fit one stack a target.')
    const classes = readClasses(reader)
    return relabeled(predictStack(reader, input, scope, classes.length), classes, reader)
  },
})

/** Source: as for StackingClassifier. */
export const stackingRegressor = defineEstimator({
  names: ['StackingRegressor'],
  role: 'regressor',
  notes: 'passthrough, dropped and prefit members, any final estimator',
  reads,
  ignored,
  predict(reader, input, scope) {
    return predictStack(reader, input, scope, undefined)
  },
})

function predictStack(
  reader: EstimatorReader,
  input: ColumnSet,
  scope: Scope,
  classCount: number | undefined,
): Predictor {
  const { place } = reader
  const formulas = new FormulaColumns(scope.builder)
  const members = readMembers(reader)
  const methods = toValues(reader.value('stack_method_'))
  if (methods?.length !== members.length) throw reader.corrupt('stack_method_', `${members.length} methods`, 'others')
  const children = predictAll(members, input, { reader, scope, attribute: 'estimators_' })
  const parts = children.flatMap((child, i) => {
    if (methods[i] === 'predict') return predictedNumbers(child, formulas, place)
    const answers = classifierAnswers(child, formulas, place)
    if (methods[i] === 'decision_function') return answers.scores()
    if (methods[i] !== 'predict_proba') throw unsupported(place, `stack_method_ ${String(methods[i])}`, 'Fit it again.')
    // With two classes the first column says nothing that the second does not.
    const probabilities = answers.probabilities()
    return classCount === 2 ? probabilities.slice(1) : probabilities
  })
  const passed = reader.boolean('passthrough') ? input.columns : []
  const stacked: ColumnSet = {
    columns: [...formulas.columns(parts), ...passed],
    isSparse: passed.length > 0 && input.isSparse,
  }
  return scope.predict(reader.value('final_estimator_'), stacked, pathWithin(place, 'final_estimator_'))
}
