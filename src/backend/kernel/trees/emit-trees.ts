// An ensemble and its ranks in, the stage of a kernel that adds up its trees out, in the way that is fastest for a number of rows.

import type { Ranks } from '../../../regions/ranks.ts'
import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import type { CoreStage, KernelBuild } from '../kernel-stage.ts'
import { createHeapTables, fitsHeap } from './heap-trees.ts'
import type { LeafGrid } from './leaf-grid.ts'
import { createLeafSums } from './leaf-sums.ts'
import { createPairedTables } from './paired-trees.ts'
import { rankElement, reserveRankRows } from './rank-block.ts'
import { emitTreeWalk } from './tree-walk.ts'

/** From so many rows on, a tree for eight rows beats eight trees for a row. */
const maxRowsAlone = 4

export function emitTrees(build: KernelBuild, region: TreeEnsemble, ranks: Ranks, grid?: LeafGrid): CoreStage {
  const element = rankElement(ranks)
  const { memory } = build
  const inputs = reserveRankRows(build, region.inputs.length, element)
  const tables = (fitsHeap(region) ? createHeapTables : createPairedTables)(region, element, memory)
  const sums = createLeafSums(region, tables.leafSlots, memory, grid)
  const walked = { region, tables, sums, ranks: inputs }
  return {
    outputWidth: region.outputWidth,
    variants: [
      {
        title: 'a row through 8 trees',
        inputs,
        maxRows: maxRowsAlone,
        run: emitTreeWalk(build, walked, { trees: 8, rows: 1 }),
      },
      {
        title: '8 rows through a tree',
        inputs,
        maxRows: build.blockRows,
        run: emitTreeWalk(build, walked, { trees: 1, rows: 8 }),
      },
    ],
  }
}
