// The leaves that rows have reached in, the ensemble's output columns out: sums, means and the base.

import type { PreorderTrees, StoredTrees } from '../../src/regions/stored-shape.ts'
import { addCompleteTrees, addLeafMatrix, addTreeOutputs } from './complete-trees.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { addNodeTableTrees, isNodeTableBetter } from './node-table-trees.ts'
import { addPreorderTrees } from './preorder-trees.ts'

export type TreeOptions = {
  /** Names the ensemble's tensors and nodes. */
  readonly prefix: string
  readonly input: string
  readonly inputWidth: number
}

/** Adds an ensemble to the graph; returns the node of its output columns. */
export function addTrees(builder: GraphBuilder, stored: StoredTrees, options: TreeOptions): string {
  const { prefix } = options
  const base = `${prefix}/base`
  const reached = addReached(builder, stored, options)
  const matrix =
    stored.layout === 'complete' ? addLeafMatrix(builder, stored, prefix) : addSumMatrix(builder, stored, prefix)
  return builder.fusedMatMul(`${prefix}/sum`, [reached, addMean(builder, stored, { prefix, matrix }), base])
}

/** Indicators of complete trees' leaves, or the leaves' own values. */
function addReached(builder: GraphBuilder, stored: StoredTrees, options: TreeOptions): string {
  if (stored.layout === 'complete') return addCompleteTrees(builder, stored, options)
  return isNodeTableBetter(stored, options.inputWidth)
    ? addNodeTableTrees(builder, stored, options)
    : addPreorderTrees(builder, stored, options)
}

/** A mean divides the constant matrix, so that it costs nothing at run time. */
function addMean(
  builder: GraphBuilder,
  { aggregate, trees }: StoredTrees,
  { prefix, matrix }: { readonly prefix: string; readonly matrix: string },
): string {
  if (aggregate === 'sum') return matrix
  return builder.add(`${prefix}/mean`, 'RealDiv', [matrix, builder.integers(trees, 'float32')])
}

/** Adds up found leaves [rows, trees · leafWidth] as a product with 0 and 1: [trees · leafWidth, outputWidth]. */
function addSumMatrix(builder: GraphBuilder, stored: PreorderTrees, prefix: string): string {
  const { trees, leafWidth, outputWidth, hasTreeOutput } = stored
  if (hasTreeOutput) return addTreeOutputs(builder, stored, prefix)
  const name = (part: string) => `${prefix}/${part}`
  const counting = builder.integers(Array.from({ length: leafWidth }, (_, k) => k))
  const identity = builder.oneHot(name('identity'), counting, { count: leafWidth, depth: outputWidth })
  return builder.add(name('sum-matrix'), 'Tile', [identity, builder.integers([trees, 1])], {
    T: { type: 'DT_FLOAT' },
    Tmultiples: { type: 'DT_INT32' },
  })
}
