// Trees whose tests compare small integers: right where inputs[column] > rank.

import type { ColumnRef } from './column-ref.ts'
import { leafNumbers, sumLeaves, type TreeLayout } from './tree-layout.ts'

export type TreeEnsemble = TreeLayout & {
  readonly kind: 'tree-ensemble'
  /** Columns of a `ranks` region. */
  readonly inputs: readonly ColumnRef[]
  /** Which of `inputs` a node reads; 0 at leaves. [nodeCount] */
  readonly column: Int32Array
  /** Right where the input is greater. 0 at leaves. [nodeCount] */
  readonly rank: Int32Array
}

/** Float64 reference: one row of ranks in, raw outputs out. */
export function runTreeEnsemble(region: TreeEnsemble, row: Float64Array): Float64Array {
  return sumLeaves(region, leafNumbers(region.jump), (node) => row[region.column[node]] > region.rank[node])
}
