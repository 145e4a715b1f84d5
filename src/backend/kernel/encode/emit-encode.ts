// A region graph and the columns that a stage reads in, the function that makes them from canonical rows out: the first stage of a kernel.

import { createError } from '../../../errors.ts'
import type { ColumnRef } from '../../../regions/column-ref.ts'
import type { RegionGraph } from '../../../regions/region.ts'
import type { ColumnBlock, EncodeFunction, KernelBuild } from '../kernel-stage.ts'
import { emitColumnEncode } from './column-encode.ts'
import { planEncode } from './encode-plan.ts'
import { emitRowEncode } from './row-encode.ts'

/**
 * Writes `columns` into `block` as `interpret` gives them, computed in float64 and rounded once. Rows may be read up to
 * the next multiple of 16 behind the last, within the block.
 * @throws UNSUPPORTED where a column comes from trees or layers, or the block's element cannot hold it
 */
export function emitEncode(
  build: KernelBuild,
  graph: RegionGraph,
  columns: readonly ColumnRef[],
  block: ColumnBlock,
): EncodeFunction {
  const plan = planEncode(graph, columns)
  const needed = block.order === 'rows' ? plan.width : build.blockRows
  if (block.pitch < needed)
    throw createError(
      'VALIDATION_FAILED',
      `a block in order of ${block.order} must have a pitch of ${needed} elements at least, got ${block.pitch}`,
    )
  return block.order === 'rows' ? emitRowEncode(build, plan, block) : emitColumnEncode(build, plan, block)
}
