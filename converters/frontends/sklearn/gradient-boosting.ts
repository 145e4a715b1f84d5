// A fitted GradientBoostingClassifier or GradientBoostingRegressor in; split trees whose leaves are added up out.

import type { ColumnRef } from '../../../src/regions/region.ts'
import { PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { classifierOf } from './classifier.ts'
import { readClasses } from './class-labels.ts'
import { treeAttributes } from './decision-tree.ts'
import { describeValue, EstimatorReader } from './estimator-reader.ts'
import { defineEstimator, type Scope } from './estimator-spec.ts'
import { boostingLosses, readBase } from './gradient-boosting-base.ts'
import type { ColumnSet } from './columns.ts'
import { pathWithin, unsupported } from './place.ts'
import { startedBy } from './meta/boosting-start.ts'
import { regressorOf } from './regressor.ts'
import { createNodeBudget, type StoredTree } from './split-layout.ts'
import { readTree } from './stored-tree.ts'
import { addTrees } from './tree-region.ts'

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'n_estimators n_estimators_ subsample criterion min_samples_split min_samples_leaf min_weight_fraction_leaf max_depth',
    'min_impurity_decrease random_state max_features max_features_ alpha verbose max_leaf_nodes warm_start loss init',
    'validation_fraction n_iter_no_change tol ccp_alpha train_score_ oob_improvement_ oob_scores_ oob_score_ _rng',
    'n_trees_per_iteration_ _n_classes n_classes_',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into estimators_ and init_, or training only'])),
)

export const gradientBoostingClassifier = defineEstimator({
  names: ['GradientBoostingClassifier'],
  role: 'classifier',
  notes: 'binary and multiclass, log_loss and exponential; any init',
  reads: ['estimators_', 'learning_rate', 'init_', '_loss', 'loss_', 'classes_'],
  ignored,
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const loss = readLoss(reader)
    const width = classes.length === 2 ? 1 : classes.length
    if (classes.length < 2) throw reader.corrupt('classes_', 'two classes or more', `${classes.length}`)
    const link = boostingLosses[loss].link
    if (link === 'identity' || (link === 'softmax') !== width > 1) {
      throw reader.corrupt('_loss', `a loss for ${classes.length} classes`, loss)
    }
    const output = addStages(reader, input, { scope, width, loss, classes })
    const { scale, tie } = boostingLosses[loss]
    return classifierOf(
      output,
      classes,
      link === 'sigmoid' ? { link, scale, tie, hasScores: true } : { link, hasScores: true },
    )
  },
})

export const gradientBoostingRegressor = defineEstimator({
  names: ['GradientBoostingRegressor'],
  role: 'regressor',
  notes: 'every loss; any init',
  reads: ['estimators_', 'learning_rate', 'init_', '_loss', 'loss_'],
  ignored,
  predict(reader, input, scope) {
    const loss = readLoss(reader)
    if (boostingLosses[loss].link !== 'identity') throw reader.corrupt('_loss', 'a loss for regression', loss)
    return regressorOf(addStages(reader, input, { scope, width: 1, loss, classes: [] }))
  },
})

function readLoss(reader: EstimatorReader): keyof typeof boostingLosses {
  // Its name since 1.1 and before.
  const { name } = reader.object(reader.has('_loss') ? '_loss' : 'loss_')
  if (Object.hasOwn(boostingLosses, name)) return name as keyof typeof boostingLosses
  throw unsupported(reader.place, `loss ${name}`, `Supported are ${Object.keys(boostingLosses).join(', ')}.`)
}

type StageContext = Parameters<typeof readBase>[1] & { readonly scope: Scope }

function addStages(reader: EstimatorReader, input: ColumnSet, context: StageContext): ColumnRef[] {
  const { place } = reader
  const { scope, width } = context
  const { builder } = scope
  // GradientBoosting refuses NaN in every version, although its trees could take it.
  builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
  const estimators = reader.array('estimators_')
  if (
    estimators.kind !== 'O' ||
    estimators.shape.length !== 2 ||
    estimators.shape[1] !== width ||
    estimators.shape[0] === 0
  ) {
    throw reader.corrupt('estimators_', `trees of shape [stages, ${width}]`, describeValue(estimators))
  }
  const rate = reader.finite('learning_rate')
  const spend = createNodeBudget(place)
  const trees = (estimators.values as readonly PyValue[]).map((value, i) =>
    readStage(value, i, { reader, rate, spend }),
  )
  const { constants, tree, child } = readBase(reader, context)
  const sums = addTrees(tree === undefined ? trees : [tree, ...trees], {
    input,
    builder,
    place,
    width,
    aggregate: 'sum',
    base: constants,
    // A tree to start from exists for regression only, where every tree adds to the one output.
    treeOutput: width === 1 ? undefined : Int32Array.from(trees, (_, i) => i % width),
  })
  return child === undefined ? sums : startedBy(child, sums, { ...context, input, place })
}

type TreeContext = {
  readonly reader: EstimatorReader
  readonly rate: number
  readonly spend: (nodeCount: number) => void
}

function readStage(value: PyValue, i: number, { reader, rate, spend }: TreeContext): StoredTree {
  if (!(value instanceof PyObject)) throw reader.corrupt('estimators_', 'regression trees', describeValue(value))
  const path = pathWithin(reader.place, `estimators_[${i}]`)
  const tree = new EstimatorReader(value, { ...reader.place, path, className: value.name }, treeAttributes)
  const nodes = readTree(tree.value('tree_'), tree.place)
  spend(nodes.nodeCount)
  if (nodes.outputCount !== 1 || nodes.valueWidth !== 1) {
    throw tree.corrupt('tree_.values', 'one value a node', `${nodes.outputCount} by ${nodes.valueWidth}`)
  }
  return { ...nodes, writeLeaf: (node, target, offset) => (target[offset] = rate * nodes.values[node]) }
}
