// Fitted trees in; how much each column lowers their impurity out.

import { NdArray, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue } from '../estimator-reader.ts'
import { corruptAttribute, type Place } from '../place.ts'
import { createNodeBudget } from '../split-layout.ts'
import { fieldReader } from '../stored-tree.ts'
import { attributeOf } from './fitted-attributes.ts'
import { pairwiseSum } from './pairwise-sum.ts'

type Trees = { readonly width: number; readonly place: Place }

/** `feature_importances_` of a decision tree. */
export function treeImportances(tree: PyValue | undefined, context: Trees): Float64Array {
  const importances = impurityDecreases(tree, { ...context, spend: createNodeBudget(context.place) })
  return shares(importances)
}

/**
 * `feature_importances_` of trees together: of forests the mean of each tree's shares, of boosting the mean of what they
 * are shares of. Source: scikit-learn 1.9, ensemble/_forest.py and _gb.py; trees of one node do not count.
 */
export function ensembleImportances(
  trees: readonly PyValue[],
  { counts, ...context }: Trees & { readonly counts: 'shares' | 'decreases' },
): Float64Array {
  const spend = createNodeBudget(context.place)
  const sum = new Float64Array(context.width)
  let count = 0
  for (const tree of trees) {
    const nodes = attributeOf(attributeOf(tree, 'tree_'), 'nodes')
    if (nodes instanceof NdArray && nodes.elementCount <= 1) continue
    const decreases = impurityDecreases(tree, { ...context, spend })
    const part = counts === 'shares' ? shares(decreases) : decreases
    for (let i = 0; i < sum.length; i++) sum[i] += part[i]
    count++
  }
  if (count === 0) return sum
  const mean = sum.map((value) => value / count)
  const total = pairwiseSum(mean)
  return mean.map((value) => value / total)
}

/** scikit-learn 1.9, tree/_tree.pyx, `compute_feature_importances`, before it normalizes. */
function impurityDecreases(
  tree: PyValue | undefined,
  { width, place, spend }: Trees & { readonly spend: (nodes: number) => void },
): Float64Array {
  const nodes = attributeOf(attributeOf(tree, 'tree_'), 'nodes')
  if (!(nodes instanceof NdArray) || nodes.shape.length !== 1 || nodes.elementCount < 1)
    throw corruptAttribute(place, 'tree_.nodes', 'records', describeValue(nodes))
  const count = nodes.elementCount
  spend(count)
  const field = fieldReader(nodes, count, { place, attribute: 'tree_.nodes' })
  const [left, right, feature] = [field('left_child'), field('right_child'), field('feature')]
  const [impurity, weight] = [field('impurity'), field('weighted_n_node_samples')]
  const importances = new Float64Array(width)
  for (let node = 0; node < count; node++) {
    if (left[node] === -1) continue
    const isKnown = left[node] in impurity && right[node] in impurity && feature[node] in importances
    if (!isKnown) throw corruptAttribute(place, 'tree_.nodes', 'children and features that are there', `node ${node}`)
    importances[feature[node]] +=
      weight[node] * impurity[node] -
      weight[left[node]] * impurity[left[node]] -
      weight[right[node]] * impurity[right[node]]
  }
  return importances.map((value) => value / weight[0])
}

function shares(importances: Float64Array): Float64Array {
  const total = pairwiseSum(importances)
  return total > 0 ? importances.map((value) => value / total) : importances
}
