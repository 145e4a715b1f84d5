// A fitted VotingClassifier or VotingRegressor in; the average or the majority of what its members answer out.

import { readClasses } from '../class-labels.ts'
import { type EstimatorReader, toNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { regressorOf } from '../regressor.ts'
import { unsupported } from '../place.ts'
import { classifierAnswers, regressorValues } from './child-answers.ts'
import { predictAll, readMembers, readNamed } from './children.ts'
import { computedClassifier, probabilityClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'

const ignored = {
  named_estimators_: 'the same as estimators_',
  n_jobs: 'speed only',
  verbose: 'messages only',
}

/** Source: sklearn/ensemble/_voting.py of 1.9.1, `_collect_probas` and `predict`. */
export const votingClassifier = defineEstimator({
  names: ['VotingClassifier'],
  role: 'classifier',
  notes: 'soft and hard, weights, dropped members',
  reads: ['estimators_', 'estimators', 'classes_', 'voting', 'weights'],
  ignored: { ...ignored, le_: 'classes_ says the same', flatten_transform: 'transform only' },
  predict(reader, input, scope) {
    const { place } = reader
    const formulas = new FormulaColumns(scope.builder)
    const classes = readClasses(reader)
    const members = readMembers(reader)
    const weights = readWeights(reader, members.length)
    const answers = predictAll(members, input, { reader, scope, attribute: 'estimators_' }).map((child) => {
      const answer = classifierAnswers(child, formulas, place)
      if (answer.classes.length === classes.length) return answer
      throw reader.corrupt('estimators_', `members of ${classes.length} classes`, `one of ${answer.classes.length}`)
    })
    const voting = reader.string('voting')
    if (voting === 'soft') {
      const parts = answers.map((answer) => answer.probabilities())
      return probabilityClassifier(average(parts, weights, formulas), classes)
    }
    if (voting !== 'hard') throw unsupported(place, `voting=${voting}`, 'Supported are hard and soft.')
    const parts = answers.map((answer) => answer.votes())
    const label = formulas.weightedSum(parts, weights ?? parts.map(() => 1))
    return computedClassifier([{ classes, label }])
  },
})

/** Source: sklearn/ensemble/_voting.py of 1.9.1, `VotingRegressor.predict`. */
export const votingRegressor = defineEstimator({
  names: ['VotingRegressor'],
  role: 'regressor',
  notes: 'weights, dropped members',
  reads: ['estimators_', 'estimators', 'weights'],
  ignored,
  predict(reader, input, scope) {
    const formulas = new FormulaColumns(scope.builder)
    const members = readMembers(reader)
    const weights = readWeights(reader, members.length)
    const parts = predictAll(members, input, { reader, scope, attribute: 'estimators_' }).map((child) => {
      const values = regressorValues(child, formulas, reader.place)
      if (values.length === 1) return values
      throw unsupported(reader.place, 'members of several targets', 'Use one model a target.')
    })
    return regressorOf(average(parts, weights, formulas))
  },
})

function average(
  parts: Parameters<FormulaColumns['weightedSum']>[0],
  weights: readonly number[] | undefined,
  formulas: FormulaColumns,
) {
  const used = weights ?? parts.map(() => 1)
  const total = used.reduce((sum, weight) => sum + weight, 0)
  return formulas.map(formulas.weightedSum(parts, used), 'divide', total)
}

/** Weights of the members that were not dropped. */
function readWeights(reader: EstimatorReader, memberCount: number): number[] | undefined {
  const value = reader.value('weights')
  if (value === null) return undefined
  const weights = toNumbers(value)
  const named = readNamed(reader)
  if (weights === undefined || weights.length !== named.length || !weights.every(Number.isFinite))
    return reader.fail('weights', `${named.length} finite numbers`)
  const used = Array.from(weights).filter((_, i) => !named[i].isDropped)
  if (used.length !== memberCount) throw reader.corrupt('weights', `${memberCount} weights`, `${used.length}`)
  return used
}
