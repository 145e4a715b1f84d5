// A fitted random forest or extra trees ensemble in; split trees whose leaves are averaged out.

import { pathWithin } from './place.ts'
import { readClassLists } from './class-labels.ts'
import { treeAttributes } from './decision-tree.ts'
import { PyObject } from '../../formats/pickle/values.ts'
import { describeValue, EstimatorReader } from './estimator-reader.ts'
import { defineEstimator } from './estimator-spec.ts'
import { acceptsMissing } from './missing-in-trees.ts'
import { regressorOf } from './regressor.ts'
import { createNodeBudget } from './split-layout.ts'
import { readTree, type TreeNodes } from './stored-tree.ts'
import { classificationTree, regressionTree, shareClassifier, sharesWidth } from './tree-leaves.ts'
import { addTrees } from './tree-region.ts'

export const forestIgnored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'n_estimators bootstrap oob_score oob_score_ oob_decision_function_ oob_prediction_ max_samples max_depth criterion',
    'min_samples_split min_samples_leaf min_weight_fraction_leaf max_features max_leaf_nodes min_impurity_decrease',
    'class_weight ccp_alpha monotonic_cst random_state warm_start estimator estimator_ base_estimator base_estimator_',
    'estimator_params n_classes_ _n_samples _n_samples_bootstrap _sample_weight n_jobs verbose',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into estimators_, or speed and messages only'])),
)

export const forestClassifier = defineEstimator({
  names: ['RandomForestClassifier', 'ExtraTreesClassifier'],
  role: 'classifier',
  notes: 'one or several targets; missing values where the version takes them',
  reads: ['estimators_', 'classes_'],
  ignored: { ...forestIgnored, n_outputs_: 'counted from the classes' },
  predict(reader, input, { builder }) {
    const { place } = reader
    const { trees, nan } = readForest(reader)
    builder.takeNumbers(input.columns, place, { nan: nan && !input.isSparse, infinite: false })
    const classLists = readClassLists(reader)
    const width = sharesWidth(classLists)
    const stored = trees.map((nodes) => classificationTree(nodes, classLists, place))
    return shareClassifier(addTrees(stored, { input, builder, place, width, aggregate: 'mean' }), classLists)
  },
})

export const forestRegressor = defineEstimator({
  names: ['RandomForestRegressor', 'ExtraTreesRegressor'],
  role: 'regressor',
  notes: 'one or several targets; missing values where the version takes them',
  reads: ['estimators_', 'n_outputs_'],
  ignored: forestIgnored,
  predict(reader, input, { builder }) {
    const { place } = reader
    const { trees, nan } = readForest(reader)
    builder.takeNumbers(input.columns, place, { nan: nan && !input.isSparse, infinite: false })
    const width = reader.count('n_outputs_')
    const stored = trees.map((nodes) => regressionTree(nodes, width, place))
    return regressorOf(addTrees(stored, { input, builder, place, width, aggregate: 'mean' }))
  },
})

/** The trees, and whether scikit-learn lets NaN reach them. */
export function readForest(reader: EstimatorReader): { trees: TreeNodes[]; nan: boolean } {
  const estimators = reader.list('estimators_')
  if (estimators.length === 0) throw reader.corrupt('estimators_', 'at least one tree', 'none')
  const readers = estimators.map((estimator, i) => {
    if (!(estimator instanceof PyObject)) throw reader.corrupt('estimators_', 'trees', describeValue(estimator))
    const path = pathWithin(reader.place, `estimators_[${i}]`)
    return new EstimatorReader(estimator, { ...reader.place, path, className: estimator.name }, treeAttributes)
  })
  const spend = createNodeBudget(reader.place)
  const trees = readers.map((tree) => {
    const nodes = readTree(tree.value('tree_'), tree.place)
    spend(nodes.nodeCount)
    return nodes
  })
  return {
    trees,
    nan: acceptsMissing(readers[0], { isForest: true }),
  }
}
