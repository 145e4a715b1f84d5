// A fitted BaggingClassifier or BaggingRegressor in; the mean of what its members answer on their columns out.

import type { PyValue } from '../../../formats/pickle/values.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { readClasses } from '../class-labels.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin, unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { classificationTree, regressionTree, shareClassifier, sharesWidth } from '../tree-leaves.ts'
import { addTrees } from '../tree-region.ts'
import { type ChildAnswers, classifierAnswers, regressorValues } from './child-answers.ts'
import { readFeatures, readMembers, selectColumns } from './children.ts'
import { computedClassifier, probabilityClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'
import { onAllColumns, readTreeMembers, type TreeMember } from './tree-members.ts'

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'estimator base_estimator estimator_ base_estimator_ estimator_params n_estimators max_samples max_features bootstrap',
    'bootstrap_features oob_score oob_score_ oob_decision_function_ oob_prediction_ warm_start n_jobs random_state verbose',
    '_max_features _max_samples _n_samples _sample_weight _seeds n_classes_ n_features_',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into estimators_, or speed and messages only'])),
)

/** Source: sklearn/ensemble/_bagging.py of 1.9.1, `_parallel_predict_proba`. */
export const baggingClassifier = defineEstimator({
  names: ['BaggingClassifier'],
  role: 'classifier',
  notes: 'any members, each on columns of its own; votes where they have no probabilities',
  reads: ['estimators_', 'estimators_features_', 'classes_'],
  ignored,
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const bag = readBag(reader, input)
    const trees = readTreeMembers(bag.members, reader)
    if (trees?.trees.every(({ nodes }) => nodes.valueWidth === classes.length && nodes.outputCount === 1)) {
      const stored = bagged(trees.trees, bag).map((nodes) => classificationTree(nodes, [classes], reader.place))
      return shareClassifier(addBag(stored, { ...trees, bag, reader, input, scope, width: sharesWidth([classes]) }), [
        classes,
      ])
    }
    const formulas = new FormulaColumns(scope.builder)
    const answers = predictMembers(bag, reader, input, scope).map((child) => {
      return classifierAnswers(child, formulas, reader.place)
    })
    const parts = answers.map((answer) => spread(answer, classes.length, formulas, reader))
    const probabilities = meanOf(parts, formulas)
    const haveScores = answers.every((answer) => answer.hasScores && answer.classes.length === classes.length)
    if (!haveScores) return probabilityClassifier(probabilities, classes)
    const scores = meanOf(
      answers.map((answer) => answer.scores()),
      formulas,
    )
    return computedClassifier([{ classes, label: probabilities, probabilities, scores }])
  },
})

/** Source: sklearn/ensemble/_bagging.py of 1.9.1, `BaggingRegressor.predict`. */
export const baggingRegressor = defineEstimator({
  names: ['BaggingRegressor'],
  role: 'regressor',
  notes: 'any members, each on columns of its own',
  reads: ['estimators_', 'estimators_features_'],
  ignored,
  predict(reader, input, scope) {
    const bag = readBag(reader, input)
    const trees = readTreeMembers(bag.members, reader)
    if (trees !== undefined) {
      const width = trees.trees[0].nodes.outputCount
      const stored = bagged(trees.trees, bag).map((nodes) => regressionTree(nodes, width, reader.place))
      return regressorOf(addBag(stored, { ...trees, bag, reader, input, scope, width }))
    }
    const formulas = new FormulaColumns(scope.builder)
    const parts = predictMembers(bag, reader, input, scope).map((child) => {
      return regressorValues(child, formulas, reader.place)
    })
    if (parts.some(({ length }) => length !== parts[0].length))
      throw reader.corrupt('estimators_', 'members of as many targets', 'others')
    return regressorOf(meanOf(parts, formulas))
  },
})

type Bag = { readonly members: readonly PyValue[]; readonly features: readonly (readonly number[])[] }

function readBag(reader: EstimatorReader, input: ColumnSet): Bag {
  const members = readMembers(reader)
  const lists = reader.list('estimators_features_')
  if (lists.length !== members.length)
    throw reader.corrupt('estimators_features_', `${members.length} lists`, `${lists.length}`)
  const width = input.columns.length
  return { members, features: lists.map((list) => readFeatures(list, width, reader, 'estimators_features_')) }
}

function bagged(trees: readonly TreeMember[], { features }: Bag) {
  return trees.map(({ nodes }, i) => onAllColumns(nodes, features[i]))
}

type BagContext = {
  readonly bag: Bag
  readonly reader: EstimatorReader
  readonly input: ColumnSet
  readonly scope: Scope
  readonly width: number
  readonly takesMissing: boolean
}

/** The mean of trees is a forest. */
function addBag(
  stored: Parameters<typeof addTrees>[0],
  { bag, reader, input, scope, width, takesMissing }: BagContext,
): ColumnRef[] {
  const { place } = reader
  const { builder } = scope
  const used = [...new Set(bag.features.flat())].map((feature) => input.columns[feature])
  builder.takeNumbers(used, place, { nan: takesMissing && !input.isSparse, infinite: false })
  return addTrees(stored, { input, builder, place, width, aggregate: 'mean' })
}

function predictMembers(
  { members, features }: Bag,
  reader: EstimatorReader,
  input: ColumnSet,
  scope: Scope,
): Predictor[] {
  return members.map((member, i) => {
    return scope.predict(member, selectColumns(input, features[i]), pathWithin(reader.place, `estimators_[${i}]`))
  })
}

/** A member that never saw a class says 0 of it; members number the classes. */
function spread(answers: ChildAnswers, width: number, formulas: FormulaColumns, reader: EstimatorReader): ColumnRef[] {
  const columns = answers.hasProbabilities ? answers.probabilities() : answers.votes()
  if (columns.length === width) return columns
  const table = new Float64Array(columns.length * width)
  answers.classes.forEach((number, i) => {
    if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number >= width)
      throw unsupported(reader.place, 'members with labels of their own', 'Save the fitted ensemble again.')
    table[i * width + number] = 1
  })
  return formulas.linear(columns, table, new Float64Array(width))
}

function meanOf(parts: readonly (readonly ColumnRef[])[], formulas: FormulaColumns): ColumnRef[] {
  const ones = parts.map(() => 1)
  return formulas.map(formulas.weightedSum(parts, ones), 'divide', parts.length)
}
