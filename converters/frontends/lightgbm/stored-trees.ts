// Trees of a LightGBM file and the columns of their nodes in; trees as split-layout lays them out, and their sets, out.

import type { CategorySet } from '../../../src/regions/split-trees.ts'
import type { LightgbmTree } from '../../formats/lightgbm/read-tree.ts'
import type { StoredTree } from '../sklearn/split-layout.ts'
import { categorySetOf } from './category-sets.ts'
import { categoryValue, type LightgbmFeature } from './feature-kinds.ts'
import type { NodeColumn, NodeColumns } from './node-columns.ts'

type Context = {
  readonly columns: NodeColumns
  readonly features: readonly LightgbmFeature[]
  /** What a leaf adds to the answer. */
  readonly leafOf: (tree: LightgbmTree, leaf: number) => number
}

export function toStoredTrees(
  trees: readonly LightgbmTree[],
  context: Context,
): { readonly trees: readonly StoredTree[]; readonly categorySets: readonly CategorySet[] } {
  const sets = new CategorySets()
  return { trees: trees.map((tree) => toStored(tree, context, sets)), categorySets: sets.all }
}

/** Inner nodes keep their numbers, and leaf `l` becomes node `leafCount − 1 + l`. */
function toStored(tree: LightgbmTree, { columns, features, leafOf }: Context, sets: CategorySets): StoredTree {
  const inner = tree.leafCount - 1
  const feature = new Int32Array(inner)
  const threshold = new Float64Array(inner)
  const missingLeft = new Uint8Array(inner)
  const categorySet = new Int32Array(inner).fill(-1)
  const known = new Map<string, number>()
  for (let node = 0; node < inner; node++) {
    const column = columns.columnOf(tree, node)
    feature[node] = column.input
    if (column.mode === 'number' || column.mode === 'zero') {
      threshold[node] = column.placeOf(tree.threshold[node])
      missingLeft[node] = goesLeftMissing(tree, node) ? 1 : 0
      continue
    }
    // Many nodes may name one set, which is read once a column.
    const use = `${column.input} ${tree.threshold[node]}`
    const set = known.get(use) ?? sets.add(valuesLeft(tree, node, { column, feature: features[tree.feature[node]] }))
    known.set(use, set)
    categorySet[node] = set
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
      target[offset] = leafOf(tree, node - inner)
    },
  }
}

type Reading = { readonly column: NodeColumn; readonly feature: LightgbmFeature }

/** What the column holds for each code that goes left. */
function valuesLeft(tree: LightgbmTree, node: number, { column, feature: { categories } }: Reading): number[] {
  const codes = categorySetOf(tree, node)
  if (categories === undefined) return codes.map(column.placeOf)
  return codes.map((code) => categoryValue(categories, code)).filter((value) => value !== undefined)
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

  add(left: readonly number[]): number {
    const key = left.join()
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.all.length)
    const values = new Set(left)
    return this.all.push({ left: values, known: values }) - 1
  }
}
