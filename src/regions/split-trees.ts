// Trees as their source tests them, thresholds in float64; exists only while converting, before folding.

import type { ColumnRef } from './column-ref.ts'
import { leafNumbers, sumLeaves, type TreeLayout } from './tree-layout.ts'

export type SplitTrees = TreeLayout & {
  readonly kind: 'split-trees'
  readonly inputs: readonly ColumnRef[]
  /** `float32`: the value is rounded to float32 before the test, as scikit-learn's trees do. */
  readonly precision: 'float32' | 'float64'
  /** Which of `inputs` a node reads. [nodeCount] */
  readonly feature: Int32Array
  /** Left where value <= threshold. [nodeCount] */
  readonly threshold: Float64Array
  /** 1 where a missing value goes left. [nodeCount] */
  readonly missingLeft: Uint8Array
  /** Index into `categorySets`, −1 for a numeric test. [nodeCount] */
  readonly categorySet: Int32Array
  readonly categorySets: readonly CategorySet[]
}

/** Left where the value is in `left`, right where it is only in `known`, and the missing direction elsewhere. */
export type CategorySet = { readonly left: ReadonlySet<number>; readonly known: ReadonlySet<number> }

/** True where `value`, an input of the trees, goes right at `node`. */
export function splitGoesRight(region: SplitTrees, node: number, value: number): boolean {
  const x = region.precision === 'float32' ? Math.fround(value) : value
  if (Number.isNaN(x)) return region.missingLeft[node] === 0
  const set = region.categorySet[node]
  if (set < 0) return !(x <= region.threshold[node])
  const { left, known } = region.categorySets[set]
  if (left.has(x)) return false
  return known.has(x) ? true : region.missingLeft[node] === 0
}

/** Float64 reference: one row of `inputs` in, raw outputs out. */
export function runSplitTrees(region: SplitTrees, row: Float64Array): Float64Array {
  return sumLeaves(region, leafNumbers(region.jump), (node) => splitGoesRight(region, node, row[region.feature[node]]))
}
