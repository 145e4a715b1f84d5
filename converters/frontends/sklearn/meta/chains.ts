// A fitted ClassifierChain or RegressorChain in; what each link answers after those before it out.

import type { PyValue } from '../../../formats/pickle/values.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { type EstimatorReader, toNumbers } from '../estimator-reader.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin, unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { type ChildAnswers, classifierAnswers, predictedNumbers, regressorValues } from './child-answers.ts'
import { readMembers } from './children.ts'
import { computedClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'
import { multilabelClassifier } from './multilabel.ts'

const ignored = {
  estimator: 'fitted into estimators_',
  base_estimator: 'fitted into estimators_',
  chain_method: 'resolved into chain_method_',
  classes_: 'those of estimators_',
  cv: 'training only',
  order: 'resolved into order_',
  random_state: 'training only',
  verbose: 'messages only',
}

/** Source: sklearn/multioutput.py of 1.9.1, `_BaseChain._get_predictions`. */
export const classifierChain = defineEstimator({
  names: ['ClassifierChain'],
  role: 'classifier',
  notes: 'any order and chain_method',
  reads: ['estimators_', 'order_', 'chain_method_'],
  ignored,
  predict(reader, input, scope) {
    const { place } = reader
    const formulas = new FormulaColumns(scope.builder)
    const method = reader.valueOr('chain_method_', 'predict')
    const { children, places } = follow(reader, input, scope, formulas, (child) => {
      if (method === 'predict') return predictedNumbers(child, formulas, place)
      const answers = classifierAnswers(child, formulas, place)
      if (method === 'predict_proba') return answers.probabilities().slice(1, 2)
      if (method === 'decision_function') return answers.scores()
      throw unsupported(
        place,
        `chain_method_ ${String(method)}`,
        'Supported are predict, predict_proba, decision_function.',
      )
    })
    const answers = places.map((at) => classifierAnswers(children[at], formulas, place))
    if (answers.every(isYesNo)) {
      const probabilities = answers.map((target) => target.probabilities()[1])
      const hasScores = answers.every((target) => target.hasScores)
      return multilabelClassifier(
        {
          probabilities,
          classes: [...answers.keys()],
          label: answers.map((target) => target.votes()[1]),
          scores: hasScores ? answers.flatMap((target) => target.scores()) : undefined,
        },
        formulas,
      )
    }
    return computedClassifier(
      answers.map((target) => ({
        classes: target.classes,
        label: target.votes(),
        ...(target.hasScores && target.classes.length === 2 && { scores: target.scores() }),
      })),
    )
  },
})

function isYesNo({ classes, hasProbabilities }: ChildAnswers): boolean {
  return hasProbabilities && classes.length === 2 && Number(classes[0]) === 0 && Number(classes[1]) === 1
}

export const regressorChain = defineEstimator({
  names: ['RegressorChain'],
  role: 'regressor',
  notes: 'any order',
  reads: ['estimators_', 'order_'],
  ignored,
  predict(reader, input, scope) {
    const formulas = new FormulaColumns(scope.builder)
    const values: ColumnRef[][] = []
    const { places } = follow(reader, input, scope, formulas, (child) => {
      const value = regressorValues(child, formulas, reader.place)
      values.push(value)
      return value
    })
    return regressorOf(places.flatMap((at) => values[at]))
  },
})

type Chain = {
  readonly children: readonly Predictor[]
  /** Which link answers for each target. */
  readonly places: readonly number[]
}

/** Each link reads the columns, and one number of every link before it. */
function follow(
  reader: EstimatorReader,
  input: ColumnSet,
  scope: Scope,
  formulas: FormulaColumns,
  numberOf: (child: Predictor) => ColumnRef[],
): Chain {
  const members = readMembers(reader)
  const places = readPlaces(reader.value('order_'), members.length, reader)
  const children: Predictor[] = []
  let columns = input
  members.forEach((member, i) => {
    const child = scope.predict(member, columns, pathWithin(reader.place, `estimators_[${i}]`))
    const number = numberOf(child)
    if (number.length !== 1) throw unsupported(reader.place, 'links of several columns', 'Use one target a link.')
    children.push(child)
    columns = { columns: [...columns.columns, ...formulas.columns(number)], isSparse: columns.isSparse }
  })
  return { children, places }
}

/** `order_` says which target each link answers for; its inverse. */
function readPlaces(value: PyValue, count: number, reader: EstimatorReader): number[] {
  const order = toNumbers(value)
  const places = Array.from({ length: count }, (_, target) => (order === undefined ? -1 : order.indexOf(target)))
  if (order?.length !== count || places.includes(-1)) return reader.fail('order_', `the numbers 0 … ${count - 1}`)
  return places
}
