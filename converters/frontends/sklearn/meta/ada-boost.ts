// A fitted AdaBoostClassifier or AdaBoostRegressor in; weighted votes, or the weighted median, of its members out.

import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { classifierOf } from '../classifier.ts'
import { readClasses } from '../class-labels.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import { defineEstimator, isSince, type Predictor, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { regressionTree } from '../tree-leaves.ts'
import { addTrees } from '../tree-region.ts'
import { type Ballot, sammeBallot, sammeRBallot } from './ada-boost-ballots.ts'
import { classifierAnswers, regressorValues } from './child-answers.ts'
import { predictAll, readMembers } from './children.ts'
import { computedClassifier, probabilityClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'
import { readTreeMembers } from './tree-members.ts'

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'estimator base_estimator estimator_ base_estimator_ estimator_params estimator_errors_ learning_rate n_estimators',
    'random_state loss n_classes_',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into estimators_ and estimator_weights_'])),
)

/** Source: sklearn/ensemble/_weight_boosting.py of 1.9.1 and 1.2.2, `decision_function`. */
export const adaBoostClassifier = defineEstimator({
  names: ['AdaBoostClassifier'],
  role: 'classifier',
  notes: 'SAMME and SAMME.R, any members',
  reads: ['estimators_', 'estimator_weights_', 'classes_', 'algorithm'],
  ignored,
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const formulas = new FormulaColumns(scope.builder)
    if (classes.length === 1) return probabilityClassifier(formulas.constants([1]), classes)
    const sums = sumBallots(reader, input, scope, classes)
    if (classes.length === 2) return classifierOf(sums, classes, { link: 'sigmoid', tie: 'first', hasScores: true })
    const logits = formulas.map(sums, 'divide', classes.length - 1)
    const probabilities = formulas.groups(logits, 'softmax', classes.length)
    return computedClassifier([{ classes, label: sums, probabilities, scores: sums }])
  },
})

/** decision_function: one column for two classes. */
function sumBallots(reader: EstimatorReader, input: ColumnSet, scope: Scope, classes: readonly Scalar[]): ColumnRef[] {
  const { place } = reader
  const { builder } = scope
  const members = readMembers(reader)
  const weights = readWeights(reader, members.length)
  const width = classes.length === 2 ? 1 : classes.length
  const ballots = weights.used.map((weight) => ballotOf(reader, classes.length, weight / weights.total, weights.total))
  const read = readTreeMembers(members, reader)
  if (read?.trees.every(({ nodes }) => nodes.valueWidth === classes.length && nodes.outputCount === 1)) {
    builder.takeNumbers(input.columns, place, { nan: read.takesMissing && !input.isSparse, infinite: false })
    const stored = read.trees.map(({ nodes }, i) => ({
      ...nodes,
      writeLeaf: (node: number, target: Float64Array, offset: number): void => {
        const shares = nodes.values.slice(node * classes.length, (node + 1) * classes.length)
        target.set(ballots[i].ofLeaf(shares), offset)
      },
    }))
    return addTrees(stored, { input, builder, place, width, aggregate: 'sum' })
  }
  const formulas = new FormulaColumns(builder)
  const parts = predictAll(members, input, { reader, scope, attribute: 'estimators_' }).map((child, i) => {
    const answers = classifierAnswers(child, formulas, place)
    const isWhole =
      answers.classes.length === classes.length && answers.classes.every((label, k) => label === classes[k])
    if (!isWhole) throw unsupported(place, 'members that know other classes', 'Fit it on rows of every class.')
    return ballots[i].ofChild(answers, formulas)
  })
  return formulas.weightedSum(
    parts,
    parts.map(() => 1),
  )
}

function ballotOf(reader: EstimatorReader, classCount: number, share: number, total: number): Ballot {
  const algorithm = reader.valueOr('algorithm', 'SAMME')
  if (algorithm === 'SAMME.R') return sammeRBallot(classCount, total)
  if (algorithm !== 'SAMME' && algorithm !== 'deprecated')
    throw unsupported(reader.place, `algorithm=${String(algorithm)}`, 'Supported are SAMME and SAMME.R.')
  // Since 1.3 a member also votes against the other classes.
  return sammeBallot(classCount, share, isSince(reader.place.version, 1, 3))
}

/** There may be more weights than members, zeros, where fitting ended early; they count in the total. */
function readWeights(reader: EstimatorReader, memberCount: number): { used: number[]; total: number } {
  const weights = reader.finiteNumbers('estimator_weights_')
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (weights.length < memberCount || total === 0) return reader.fail('estimator_weights_', `${memberCount} weights`)
  return { used: Array.from(weights.subarray(0, memberCount)), total }
}

/** Source: sklearn/ensemble/_weight_boosting.py of 1.9.1, `_get_median_predict`. */
export const adaBoostRegressor = defineEstimator({
  names: ['AdaBoostRegressor'],
  role: 'regressor',
  notes: 'the weighted median of any members',
  reads: ['estimators_', 'estimator_weights_'],
  ignored,
  predict(reader, input, scope): Predictor {
    const { place } = reader
    const { builder } = scope
    const formulas = new FormulaColumns(builder)
    const members = readMembers(reader)
    const { used } = readWeights(reader, members.length)
    const read = readTreeMembers(members, reader)
    if (read !== undefined) {
      builder.takeNumbers(input.columns, place, { nan: read.takesMissing && !input.isSparse, infinite: false })
      const stored = read.trees.map(({ nodes }) => regressionTree(nodes, 1, place))
      // Each tree has a column of its own.
      const treeOutput = Int32Array.from(stored, (_, i) => i)
      const values = addTrees(stored, { input, builder, place, width: stored.length, aggregate: 'sum', treeOutput })
      return regressorOf(formulas.weightedMedian(values, Float64Array.from(used)))
    }
    const values = predictAll(members, input, { reader, scope, attribute: 'estimators_' }).flatMap((child) => {
      return regressorValues(child, formulas, place)
    })
    if (values.length !== used.length) throw unsupported(place, 'members of several targets', 'Use one model a target.')
    return regressorOf(formulas.weightedMedian(values, Float64Array.from(used)))
  },
})
