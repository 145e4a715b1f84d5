// A fitted IsolationForest in; the depths of its trees, and scores and labels of them, out.

import { PyDict, PyObject } from '../../../formats/pickle/values.ts'
import { defineEstimator } from '../estimator-spec.ts'
import type { StoredTree } from '../split-layout.ts'
import { fieldReader } from '../stored-tree.ts'
import { addTrees } from '../tree-region.ts'
import { readFeatures, readMembers } from './children.ts'
import { computedClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'
import { onAllColumns, readTreeMembers, type TreeMember } from './tree-members.ts'

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'estimator base_estimator estimator_ base_estimator_ estimator_params n_estimators max_samples max_samples_ max_features',
    'bootstrap bootstrap_features oob_score warm_start n_jobs random_state verbose contamination behaviour n_features_',
    '_max_features _n_samples _sample_weight _seeds _average_path_length_per_tree _decision_path_lengths',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into estimators_, or speed and messages only'])),
)

/** Source: sklearn/ensemble/_iforest.py of 1.9.1, `_compute_score_samples`. */
export const isolationForest = defineEstimator({
  names: ['IsolationForest'],
  role: 'classifier',
  notes: 'labels 1 and −1, decision_function as scores',
  reads: ['estimators_', 'estimators_features_', '_max_samples', 'offset_'],
  ignored,
  predict(reader, input, { builder }) {
    const { place } = reader
    const members = readMembers(reader)
    const read = readTreeMembers(members, reader)
    const features = reader.list('estimators_features_')
    if (read === undefined || features.length !== members.length) return reader.fail('estimators_', 'decision trees')
    builder.takeNumbers(input.columns, place, { nan: read.takesMissing && !input.isSparse, infinite: false })
    const formulas = new FormulaColumns(builder)
    const denominator = members.length * averagePathLength(reader.count('_max_samples'))
    const width = input.columns.length
    const stored = read.trees.map((tree, i) => {
      return onColumns(tree, readFeatures(features[i], width, reader, 'estimators_features_'))
    })
    const depths = addTrees(stored, { input, builder, place, width: 1, aggregate: 'sum' })
    // One training row has no depth: its score is set by hand.
    const exponents = denominator === 0 ? formulas.constants([-1]) : formulas.map(depths, 'divide', -denominator)
    const scores = formulas.map(formulas.map(exponents, 'exp2'), 'affine', -1, -reader.finite('offset_'))
    const label = formulas.map(scores, 'at-least', 0)
    return computedClassifier([{ classes: [-1, 1], label, reading: { threshold: 0.5 }, scores }])
  },
})

/** A leaf is worth its depth, and the depth that the rows in it would still need; added up as the source does, bit for bit. */
function onColumns({ nodes, reader }: TreeMember, features: readonly number[]): StoredTree {
  const tree = reader.object('tree_')
  const table = tree instanceof PyObject && tree.state instanceof PyDict ? tree.state.get('nodes') : undefined
  const counts = fieldReader(table, nodes.nodeCount, { place: reader.place, attribute: 'tree_.nodes' })(
    'n_node_samples',
  )
  const depths = depthsOf(nodes)
  return {
    ...onAllColumns(nodes, features),
    writeLeaf: (node, target, offset) => (target[offset] = depths[node] + 1 + averagePathLength(counts[node]) - 1),
  }
}

/** Children that do not follow their parent are refused when the tree is laid out. */
function depthsOf({ nodeCount, left, right, isLeaf }: TreeMember['nodes']): Float64Array {
  const depths = new Float64Array(nodeCount)
  for (let node = 0; node < nodeCount; node++) {
    if (isLeaf(node)) continue
    depths[left[node]] = depths[node] + 1
    depths[right[node]] = depths[node] + 1
  }
  return depths
}

/** `_average_path_length` of the same file. */
function averagePathLength(count: number): number {
  if (count <= 1) return 0
  if (count === 2) return 1
  return 2 * (Math.log(count - 1) + eulerGamma) - (2 * (count - 1)) / count
}

const eulerGamma = 0.5772156649015329
