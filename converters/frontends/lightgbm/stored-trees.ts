// Trees of a LightGBM file and the columns of their nodes in; trees as split-layout lays them out, and their sets, out.

import type { CategorySet } from '../../../src/regions/split-trees.ts'
import { lightgbmLimitError, lightgbmLimits } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { LightgbmTree } from '../../formats/lightgbm/read-tree.ts'
import type { StoredTree } from '../sklearn/split-layout.ts'
import { categorySetOf } from './category-sets.ts'
import { categoryValue, type LightgbmFeature } from './feature-kinds.ts'
import type { NodeColumns } from './node-columns.ts'

type Context = {
  readonly columns: NodeColumns
  readonly features: readonly LightgbmFeature[]
  /** Leaf values are multiplied by it. */
  readonly weight: number
}

export function toStoredTrees(
  trees: readonly LightgbmTree[],
  context: Context,
): { readonly trees: readonly StoredTree[]; readonly categorySets: readonly CategorySet[] } {
  const sets = new CategorySets()
  return { trees: trees.map((tree) => toStored(tree, context, sets)), categorySets: sets.all }
}

/** Inner nodes keep their numbers, and leaf `l` becomes node `leafCount − 1 + l`. */
function toStored(tree: LightgbmTree, { columns, features, weight }: Context, sets: CategorySets): StoredTree {
  const inner = tree.leafCount - 1
  const feature = new Int32Array(inner)
  const threshold = new Float64Array(inner)
  const missingLeft = new Uint8Array(inner)
  const categorySet = new Int32Array(inner).fill(-1)
  for (let node = 0; node < inner; node++) {
    const { mode, input, placeOf } = columns.columnOf(tree, node)
    feature[node] = input
    if (mode === 'code') categorySet[node] = sets.add(categorySetOf(tree, node).map(placeOf))
    else if (mode === 'category') {
      const { categories = [] } = features[tree.feature[node]]
      const left = categorySetOf(tree, node).map((code) => categoryValue(categories, code))
      categorySet[node] = sets.add(left.filter((value) => value !== undefined))
    } else {
      threshold[node] = placeOf(tree.threshold[node])
      missingLeft[node] = goesLeftMissing(tree, node) ? 1 : 0
    }
  }
  const cover = new Float64Array(inner + tree.leafCount)
  cover.set(tree.leafCover, inner)
  const childOf = (child: number): number => (child >= 0 ? child : inner + ~child)
  return {
    nodeCount: inner + tree.leafCount,
    left: tree.left.map(childOf),
    right: tree.right.map(childOf),
    isLeaf: (node) => node >= inner,
    feature,
    threshold,
    missingLeft,
    categorySet: (node) => categorySet[node],
    cover,
    writeLeaf: (node, target, offset) => {
      target[offset] = tree.leafValue[node - inner] * weight
    },
  }
}

/** `NumericalDecision` of include/LightGBM/tree.h: where NaN is not what is missing, NaN is 0. */
function goesLeftMissing(tree: LightgbmTree, node: number): boolean {
  const decision = tree.decision[node]
  const isNone = ((decision >> 2) & 3) === 0
  return isNone ? tree.threshold[node] >= 0 : (decision & 2) !== 0
}

/** Category sets, each distinct one once; whatever is not in a set goes right, missing and unknown too. */
class CategorySets {
  readonly all: CategorySet[] = []
  readonly #numbers = new Map<string, number>()
  #size = 0

  add(left: readonly number[]): number {
    const key = left.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#size += left.length
    if (this.#size > lightgbmLimits.categoryCount) throw lightgbmLimitError('categoryCount', this.#size)
    this.#numbers.set(key, this.all.length)
    return this.all.push({ left: new Set(left), known: new Set(left) }) - 1
  }
}
