// One tree of an XGBoost file in; its nodes as the shared layout reads them, and its category sets, out.

import type { StoredTree } from '../sklearn/split-layout.ts'
import { floatBelow } from './float32-step.ts'
import type { RecordReader } from './record-reader.ts'

export type XgboostTree = StoredTree & {
  /** Values of a leaf: 1, or one an output. */
  readonly leafWidth: number
  /** Codes that go right, by categorical node; all others, unknown ones too, go left. */
  readonly rightCodes: ReadonlyMap<number, Float64Array>
  readonly hasCover: boolean
}

/** Codes are float32 in XGBoost (OutOfRangeCat in src/common/categorical.h of 3.4). */
const codeLimit = 2 ** 24

/** `weight` is that of the dart booster. */
export function readTree(tree: RecordReader, weight: number): XgboostTree {
  const left = tree.numbers('left_children')
  const nodeCount = left.length
  if (nodeCount === 0) throw tree.corrupt('left_children', 'a list of one node at least')
  const right = tree.numbers('right_children', nodeCount)
  const conditions = tree.numbers('split_conditions', nodeCount)
  const leafWidth = Math.max(1, tree.record('tree_param').count('size_leaf_vector', 0))
  const rightCodes = readRightCodes(tree, left)
  const isLeaf = (node: number): boolean => left[node] === -1
  const hasCover = tree.has('sum_hessian')
  return {
    nodeCount,
    left,
    right,
    isLeaf,
    feature: tree.numbers('split_indices', nodeCount),
    threshold: thresholdsOf(tree, conditions, (node) => isLeaf(node) || rightCodes.has(node)),
    missingLeft: tree.numbers('default_left', nodeCount),
    cover: hasCover ? tree.numbers('sum_hessian', nodeCount) : new Float64Array(nodeCount),
    hasCover,
    leafWidth,
    rightCodes,
    writeLeaf: leafWriter(tree, { right, conditions, leafWidth, weight }),
  }
}

/** The test is `float32(x) < condition`; ours is `float32(x) <= threshold`. */
function thresholdsOf(tree: RecordReader, conditions: Float64Array, isOther: (node: number) => boolean): Float64Array {
  return Float64Array.from(conditions, (condition, node) => {
    if (isOther(node)) return 0
    const float = Math.fround(condition)
    // Nothing is below −Infinity: only a missing value can go left there, and here −Infinity itself, which tables never have.
    if (float === Number.NEGATIVE_INFINITY) return float
    if (float > Number.NEGATIVE_INFINITY) return floatBelow(float)
    throw tree.corrupt('split_conditions', 'numbers', `${condition} at node ${node}`)
  })
}

type LeafTables = {
  readonly right: Float64Array
  readonly conditions: Float64Array
  readonly leafWidth: number
  readonly weight: number
}

/**
 * A single value stands where an inner node has its condition. A vector stands in `base_weights`, one a node, until 3.0;
 * since then in `leaf_weights`, one a leaf, at the number that stands in place of the right child.
 */
function leafWriter(tree: RecordReader, { right, conditions, leafWidth, weight }: LeafTables): StoredTree['writeLeaf'] {
  const byLeaf = tree.has('leaf_weights') ? 'leaf_weights' : undefined
  const values = leafWidth === 1 && !byLeaf ? conditions : tree.numbers(byLeaf ?? 'base_weights')
  return (node, target, offset) => {
    const first = (byLeaf ? right[node] : node) * leafWidth
    for (let k = 0; k < leafWidth; k++) {
      const value = Math.fround(values[first + k] * weight)
      if (!Number.isFinite(value))
        throw tree.corrupt('leaves', 'finite numbers', `${values[first + k]} at node ${node}`)
      target[offset + k] = value
    }
  }
}

function readRightCodes(tree: RecordReader, left: Float64Array): Map<number, Float64Array> {
  const codes = new Map<number, Float64Array>()
  // Before 1.3 there were none.
  if (!tree.has('split_type')) return codes
  const types = tree.numbers('split_type', left.length)
  if (!types.some((type, node) => type !== 0 && left[node] !== -1)) return codes
  const nodes = tree.numbers('categories_nodes')
  const starts = tree.numbers('categories_segments', nodes.length)
  const sizes = tree.numbers('categories_sizes', nodes.length)
  const all = tree.numbers('categories')
  nodes.forEach((node, i) => {
    const own = all.subarray(starts[i], starts[i] + sizes[i])
    const isSound = starts[i] >= 0 && own.length === sizes[i]
    if (!isSound || !own.every((code) => Number.isInteger(code) && code >= 0 && code < codeLimit))
      throw tree.corrupt('categories', `${sizes[i]} codes from 0 to ${codeLimit - 1} of node ${node}`)
    codes.set(node, own)
  })
  types.forEach((type, node) => {
    if (left[node] === -1 || type === 0) codes.delete(node)
    else if (!codes.has(node)) throw tree.corrupt('categories_nodes', `every categorical node, also ${node}`)
  })
  return codes
}
