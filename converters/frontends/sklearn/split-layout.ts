// Trees as a source stores them, nodes in any order, in; checked preorder tables out.

import { createError } from '../../../src/errors.ts'
import type { SplitTrees } from '../../../src/regions/split-trees.ts'
import { corruptAttribute, describePlace, type Place } from './place.ts'

/** One tree as stored; node 0 is the root. */
export type StoredTree = {
  readonly nodeCount: number
  /** Child of each node; ignored at leaves. */
  readonly left: ArrayLike<number>
  readonly right: ArrayLike<number>
  readonly isLeaf: (node: number) => boolean
  readonly feature: ArrayLike<number>
  readonly threshold: ArrayLike<number>
  /** Absent where missing values always go right. */
  readonly missingLeft?: ArrayLike<number>
  /** Number among the category sets of the ensemble, −1 for a numeric test; absent where there are none. */
  readonly categorySet?: (node: number) => number
  readonly cover: ArrayLike<number>
  /** Writes the leaf's values at `offset`. */
  readonly writeLeaf: (node: number, target: Float64Array, offset: number) => void
}

export type SplitLayout = Pick<
  SplitTrees,
  'treeStart' | 'jump' | 'leafWidth' | 'leafValues' | 'cover' | 'feature' | 'threshold' | 'missingLeft' | 'categorySet'
>

type LayoutOptions = { readonly leafWidth: number; readonly featureCount: number; readonly place: Place }

/**
 * Nodes of all trees. One node takes 64 bytes of a file and its values 8 or more, so a real file that reaches this has
 * more than a gigabyte; a hostile one names one tree a million times.
 */
const nodeCountLimit = 2 ** 24
/** Leaf values before the leaves are counted: 1 GiB of float64. */
const leafValueLimit = 2 ** 27

/** Adds up nodes while trees are read. @throws LIMIT_EXCEEDED */
export function createNodeBudget(place: Place): (nodeCount: number) => void {
  let total = 0
  return (nodeCount) => {
    total += nodeCount
    assertBelow(total, nodeCountLimit, { what: 'tree nodes', place })
  }
}

function assertBelow(count: number, limit: number, { what, place }: { what: string; place: Place }): void {
  if (count <= limit) return
  throw createError('LIMIT_EXCEEDED', `${describePlace(place)}: ${count} ${what} are more than the limit of ${limit}.`)
}

/** @throws FILE_CORRUPT where a tree has cycles, children out of range, unknown features or a threshold of NaN. */
export function layOutTrees(trees: readonly StoredTree[], options: LayoutOptions): SplitLayout {
  const capacity = trees.reduce((sum, { nodeCount }) => sum + nodeCount, 0)
  assertBelow(capacity, nodeCountLimit, { what: 'tree nodes', place: options.place })
  assertBelow(capacity * options.leafWidth, leafValueLimit, { what: 'leaf values', place: options.place })
  const tables = new LayoutTables(capacity, options)
  const treeStart = new Int32Array(trees.length + 1)
  trees.forEach((tree, i) => {
    tables.append(tree, i)
    treeStart[i + 1] = tables.nodeCount
  })
  return tables.finish(treeStart)
}

class LayoutTables {
  nodeCount = 0
  #leafCount = 0
  readonly #options: LayoutOptions
  readonly #jump: Int32Array
  readonly #feature: Int32Array
  readonly #threshold: Float64Array
  readonly #missingLeft: Uint8Array
  readonly #categorySet: Int32Array
  readonly #leafValues: Float64Array
  readonly #cover: Float64Array

  constructor(capacity: number, options: LayoutOptions) {
    this.#options = options
    this.#jump = new Int32Array(capacity)
    this.#feature = new Int32Array(capacity)
    this.#threshold = new Float64Array(capacity)
    this.#missingLeft = new Uint8Array(capacity)
    this.#categorySet = new Int32Array(capacity).fill(-1)
    // A binary tree has one leaf more than inner nodes, and `append` refuses more nodes than there are.
    this.#leafValues = new Float64Array(capacity * options.leafWidth)
    this.#cover = new Float64Array(capacity)
  }

  append(tree: StoredTree, treeNumber: number): void {
    const first = this.nodeCount
    // Pairs of a stored node and the position whose right child it is, −1 for a left child or the root.
    const pending = [0, -1]
    while (pending.length > 0) {
      const parent = pending.pop() ?? -1
      const node = pending.pop() ?? 0
      const position = this.nodeCount++
      if (position - first >= tree.nodeCount) throw this.#corrupt(treeNumber, `${tree.nodeCount} nodes`, 'a cycle')
      if (parent >= 0) this.#jump[parent] = position - parent
      if (tree.isLeaf(node)) this.#appendLeaf(tree, node)
      else
        pending.push(
          this.#childOf(tree, tree.right[node], treeNumber),
          position,
          this.#appendSplit(tree, node, treeNumber),
          -1,
        )
    }
  }

  #appendLeaf(tree: StoredTree, node: number): void {
    const leaf = this.#leafCount++
    tree.writeLeaf(node, this.#leafValues, leaf * this.#options.leafWidth)
    this.#cover[leaf] = tree.cover[node]
  }

  /** The left child, after the test of `node` is written. */
  #appendSplit(tree: StoredTree, node: number, treeNumber: number): number {
    const position = this.nodeCount - 1
    const feature = tree.feature[node]
    const { featureCount } = this.#options
    if (!Number.isInteger(feature) || feature < 0 || feature >= featureCount) {
      throw this.#corrupt(treeNumber, `features below ${featureCount}`, String(feature))
    }
    const categorySet = tree.categorySet?.(node) ?? -1
    const threshold = tree.threshold[node]
    if (categorySet < 0 && Number.isNaN(threshold)) throw this.#corrupt(treeNumber, 'thresholds', 'NaN')
    this.#feature[position] = feature
    this.#threshold[position] = categorySet < 0 ? threshold : 0
    this.#missingLeft[position] = tree.missingLeft !== undefined && tree.missingLeft[node] !== 0 ? 1 : 0
    this.#categorySet[position] = categorySet
    return this.#childOf(tree, tree.left[node], treeNumber)
  }

  #childOf(tree: StoredTree, child: number, treeNumber: number): number {
    if (Number.isInteger(child) && child > 0 && child < tree.nodeCount) return child
    throw this.#corrupt(treeNumber, `children between 1 and ${tree.nodeCount - 1}`, String(child))
  }

  #corrupt(treeNumber: number, expected: string, got: string): Error {
    return corruptAttribute(this.#options.place, `nodes of tree ${treeNumber}`, expected, got)
  }

  finish(treeStart: Int32Array): SplitLayout {
    const nodes = this.nodeCount
    const leaves = this.#leafCount
    const { leafWidth } = this.#options
    return {
      treeStart,
      jump: this.#jump.slice(0, nodes),
      leafWidth,
      leafValues: this.#leafValues.slice(0, leaves * leafWidth),
      cover: this.#cover.slice(0, leaves),
      feature: this.#feature.slice(0, nodes),
      threshold: this.#threshold.slice(0, nodes),
      missingLeft: this.#missingLeft.slice(0, nodes),
      categorySet: this.#categorySet.slice(0, nodes),
    }
  }
}
