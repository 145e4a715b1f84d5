// A fitted FixedThresholdClassifier or TunedThresholdClassifierCV in; its classifier with another threshold out.

import { PyDict, PyGlobal, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin, unsupported } from '../place.ts'
import { type ChildAnswers, classifierAnswers } from './child-answers.ts'
import { computedClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'

const ignored = {
  best_score_: 'training only',
  cv: 'training only',
  cv_results_: 'training only',
  n_jobs: 'speed only',
  random_state: 'training only',
  refit: 'training only',
  scoring: 'training only',
  store_cv_results: 'training only',
  thresholds: 'training only',
}

/** Source: sklearn/model_selection/_classification_threshold.py of 1.9.1, `FixedThresholdClassifier.predict`. */
export const fixedThresholdClassifier = defineEstimator({
  names: ['FixedThresholdClassifier'],
  role: 'classifier',
  notes: 'any threshold, response method and positive label',
  reads: ['estimator_', 'estimator', 'threshold', 'response_method', 'pos_label'],
  ignored,
  predict(reader, input, scope) {
    const name = reader.has('estimator_') ? 'estimator_' : 'estimator'
    const threshold = reader.value('threshold')
    return cut(reader, input, scope, {
      name,
      positive: reader.value('pos_label'),
      threshold: threshold === 'auto' ? undefined : reader.finite('threshold'),
    })
  },
})

/** Source: the same file, `TunedThresholdClassifierCV.predict`. */
export const tunedThresholdClassifierCv = defineEstimator({
  names: ['TunedThresholdClassifierCV'],
  role: 'classifier',
  notes: 'the threshold that was found, any response method and positive label',
  reads: ['estimator_', 'best_threshold_', 'response_method', '_curve_scorer'],
  ignored: { ...ignored, estimator: 'fitted into estimator_' },
  predict(reader, input, scope) {
    const positive = readPositive(reader)
    return cut(reader, input, scope, { name: 'estimator_', positive, threshold: reader.finite('best_threshold_') })
  },
})

type Cut = {
  readonly name: string
  readonly positive: PyValue
  /** Absent: 0.5 for probabilities, 0 for scores. */
  readonly threshold: number | undefined
}

function cut(reader: EstimatorReader, input: ColumnSet, scope: Scope, { name, positive, threshold }: Cut): Predictor {
  const { place } = reader
  const formulas = new FormulaColumns(scope.builder)
  const answers = classifierAnswers(scope.predict(reader.value(name), input, pathWithin(place, name)), formulas, place)
  const { classes } = answers
  const index = positive === null ? 1 : classes.indexOf(positive as never)
  if (classes.length !== 2 || index < 0)
    throw unsupported(place, 'a positive label that is none of two classes', 'Fit it on two classes.')
  const usesScores = readsScores(reader, answers)
  const score = usesScores ? signed(answers, index, formulas) : [answers.probabilities()[index]]
  const [chosen] = formulas.map(score, 'at-least', threshold ?? (usesScores ? 0 : 0.5))
  const [no, yes] = formulas.withComplement([chosen])
  return computedClassifier([
    {
      classes,
      label: index === 1 ? [no, yes] : [yes, no],
      ...(answers.hasProbabilities && { probabilities: answers.probabilities() }),
      ...(answers.hasScores && { scores: answers.scores() }),
    },
  ])
}

function signed(answers: ChildAnswers, index: number, formulas: FormulaColumns) {
  return index === 1 ? answers.scores() : formulas.map(answers.scores(), 'negative')
}

function readsScores(reader: EstimatorReader, answers: ChildAnswers): boolean {
  const method = reader.string('response_method')
  if (method === 'auto') return !answers.hasProbabilities
  if (method === 'decision_function') return true
  if (method === 'predict_proba') return false
  throw unsupported(
    reader.place,
    `response_method=${method}`,
    'Supported are auto, predict_proba and decision_function.',
  )
}

/** Metrics whose own default of pos_label is 1: sklearn/metrics/_classification.py and _ranking.py. */
const withPositiveOne = new Set([
  'f1_score',
  'fbeta_score',
  'precision_score',
  'recall_score',
  'jaccard_score',
  'average_precision_score',
])

/** `_get_pos_label` of the scorer. */
function readPositive(reader: EstimatorReader): PyValue {
  const scorer = reader.object('_curve_scorer')
  const state = scorer.state instanceof PyDict ? scorer.state : undefined
  const settings = state?.get('_kwargs')
  const positive = settings instanceof PyDict ? settings.get('pos_label') : undefined
  if (positive !== undefined) return positive
  const metric = state?.get('_score_func')
  return (metric instanceof PyGlobal || metric instanceof PyObject) && withPositiveOne.has(metric.name) ? 1 : null
}
