// A fitted decision tree (or extremely randomized tree) in; split trees of one tree out.

import { readClassLists } from './class-labels.ts'
import type { KnownAttributes } from './estimator-reader.ts'
import { defineEstimator } from './estimator-spec.ts'
import { acceptsMissing, missingReads } from './missing-in-trees.ts'
import { regressorOf } from './regressor.ts'
import { readTree } from './stored-tree.ts'
import { classificationTree, regressionTree, shareClassifier, sharesWidth } from './tree-leaves.ts'
import { addTrees } from './tree-region.ts'

const ignored: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    [
      'max_depth min_samples_split min_samples_leaf min_weight_fraction_leaf max_features max_features_ max_leaf_nodes',
      'min_impurity_decrease class_weight ccp_alpha random_state',
    ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into tree_'])),
  ),
  n_classes_: 'counted from the classes',
}

/** Attributes of a decision tree as part of an ensemble. */
export const treeAttributes: KnownAttributes = {
  reads: ['tree_', 'n_outputs_', ...missingReads],
  ignored: { ...ignored, classes_: 'the ensemble has them' },
}

export const decisionTreeClassifier = defineEstimator({
  names: ['DecisionTreeClassifier', 'ExtraTreeClassifier'],
  role: 'classifier',
  notes: 'one or several targets; missing values where the version takes them',
  reads: ['tree_', 'classes_', ...missingReads],
  ignored: { ...ignored, n_outputs_: 'counted from the classes' },
  predict(reader, input, { builder }) {
    const { place } = reader
    const nan = !input.isSparse && acceptsMissing(reader, { isForest: false })
    builder.takeNumbers(input.columns, place, { nan, infinite: false })
    const classLists = readClassLists(reader)
    const tree = classificationTree(readTree(reader.value('tree_'), place), classLists, place)
    const width = sharesWidth(classLists)
    return shareClassifier(addTrees([tree], { input, builder, place, width, aggregate: 'sum' }), classLists)
  },
})

export const decisionTreeRegressor = defineEstimator({
  names: ['DecisionTreeRegressor', 'ExtraTreeRegressor'],
  role: 'regressor',
  notes: 'one or several targets; missing values where the version takes them',
  reads: ['tree_', 'n_outputs_', ...missingReads],
  ignored,
  predict(reader, input, { builder }) {
    const { place } = reader
    const nan = !input.isSparse && acceptsMissing(reader, { isForest: false })
    builder.takeNumbers(input.columns, place, { nan, infinite: false })
    const width = reader.count('n_outputs_')
    const tree = regressionTree(readTree(reader.value('tree_'), place), width, place)
    return regressorOf(addTrees([tree], { input, builder, place, width, aggregate: 'sum' }))
  },
})
