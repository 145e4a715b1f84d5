// The shape of an ensemble of binary trees, whatever its tests are: all nodes in one preorder list, tree after tree.

/**
 * Nodes of a tree stand in preorder: the left child of node `i` is `i + 1`, the right child `i + jump[i]`; a leaf has
 * jump 0. Leaves are numbered in the order in which they stand, over all trees.
 */
export type TreeLayout = {
  /** First node of each tree, and one entry more: the number of nodes. [treeCount + 1] */
  readonly treeStart: Int32Array
  /** [nodeCount] */
  readonly jump: Int32Array
  /** Number of values a leaf has. */
  readonly leafWidth: number
  /** Row-major [leafCount, leafWidth]; learning rates are already multiplied in. */
  readonly leafValues: Float64Array
  /** Weighted number of training rows a leaf got; empty where the source does not say. [leafCount] or [0] */
  readonly cover: Float64Array
  /** Number of columns that the ensemble gives. */
  readonly outputWidth: number
  /** Where leafWidth is 1 and outputWidth is not: which output each tree adds to. [treeCount] or [0] */
  readonly treeOutput: Int32Array
  /** `mean` divides the sum over trees by their number. */
  readonly aggregate: 'sum' | 'mean'
  /** Added after the aggregation. [outputWidth] */
  readonly base: Float64Array
}

const knownNumbers = new WeakMap<Int32Array, Int32Array>()

/** Number of each leaf node among all leaves, −1 for inner nodes; counted once, since each row asks for it. [nodeCount] */
export function leafNumbers(jump: Int32Array): Int32Array {
  const known = knownNumbers.get(jump)
  if (known !== undefined) return known
  const numbers = countLeaves(jump)
  knownNumbers.set(jump, numbers)
  return numbers
}

function countLeaves(jump: Int32Array): Int32Array {
  const numbers = new Int32Array(jump.length).fill(-1)
  let next = 0
  for (let node = 0; node < jump.length; node++) if (jump[node] === 0) numbers[node] = next++
  return numbers
}

/** Depth of each tree: 0 for a single leaf. [treeCount] */
export function treeDepths(layout: Pick<TreeLayout, 'treeStart' | 'jump'>): Int32Array {
  const depths = new Int32Array(layout.treeStart.length - 1)
  const depthOf = new Int32Array(layout.jump.length)
  for (let tree = 0; tree < depths.length; tree++) {
    for (let node = layout.treeStart[tree]; node < layout.treeStart[tree + 1]; node++) {
      const depth = depthOf[node]
      if (depth > depths[tree]) depths[tree] = depth
      const jump = layout.jump[node]
      if (jump === 0) continue
      depthOf[node + 1] = depth + 1
      depthOf[node + jump] = depth + 1
    }
  }
  return depths
}

/** Float64 reference: adds up the leaves that `goesRight` leads to. */
export function sumLeaves(layout: TreeLayout, leafOf: Int32Array, goesRight: (node: number) => boolean): Float64Array {
  const { treeStart, jump, leafWidth, leafValues, outputWidth, treeOutput, aggregate, base } = layout
  const sum = new Float64Array(outputWidth)
  const trees = treeStart.length - 1
  for (let tree = 0; tree < trees; tree++) {
    let node = treeStart[tree]
    while (jump[node] !== 0) node += goesRight(node) ? jump[node] : 1
    const leaf = leafOf[node]
    if (treeOutput.length > 0) sum[treeOutput[tree]] += leafValues[leaf]
    else for (let k = 0; k < leafWidth; k++) sum[k] += leafValues[leaf * leafWidth + k]
  }
  for (let k = 0; k < outputWidth; k++) sum[k] = (aggregate === 'mean' ? sum[k] / trees : sum[k]) + base[k]
  return sum
}
