// An ensemble and its ranks in, the stage of a kernel that adds up its trees out, in the way that is fastest for a number of rows.

import type { Ranks } from '../../../regions/ranks.ts'
import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import type { CoreStage, CoreVariant, KernelBuild } from '../kernel-stage.ts'
import { createHeapTables, fitsHeap } from './heap-trees.ts'
import { emitTreeLanes } from './lanes.ts'
import { leastLaneRows } from './lanes-worth.ts'
import type { LeafGrid } from './leaf-grid.ts'
import { createLeafSums } from './leaf-sums.ts'
import { createPairedTables } from './paired-trees.ts'
import { rankElement, reserveRankRows } from './rank-block.ts'
import { emitTreeWalk, type WalkTile } from './tree-walk.ts'

/** Rows of a tile that are not there are walked for as well: from seven of eight on the tile is the faster one. */
const mostRowsAlone = 6

export function emitTrees(build: KernelBuild, region: TreeEnsemble, ranks: Ranks, grid?: LeafGrid): CoreStage {
  const { blockRows } = build
  const leastRows = leastLaneRows(region) ?? Infinity
  const lanes = leastRows <= blockRows ? emitTreeLanes(build, region, ranks, grid) : undefined
  const mostWalked = lanes === undefined ? blockRows : leastRows - 1
  const alone = Math.min(mostRowsAlone, mostWalked)
  const tiles = [
    { title: 'a row through 8 trees', trees: 8, rows: 1, maxRows: alone },
    { title: '8 rows through a tree', trees: 1, rows: 8, maxRows: mostWalked },
  ].filter(({ maxRows }, i, all) => maxRows > (i === 0 ? 0 : all[i - 1].maxRows))
  const walks = tiles.length === 0 ? [] : emitWalks(build, { region, ranks, grid }, tiles)
  return { outputWidth: region.outputWidth, variants: [...walks, ...(lanes === undefined ? [] : [lanes])] }
}

type Ensemble = { readonly region: TreeEnsemble; readonly ranks: Ranks; readonly grid: LeafGrid | undefined }

function emitWalks(
  build: KernelBuild,
  { region, ranks, grid }: Ensemble,
  tiles: readonly (WalkTile & { readonly title: string; readonly maxRows: number })[],
): CoreVariant[] {
  const { memory } = build
  const element = rankElement(ranks)
  const inputs = reserveRankRows(build, region.inputs.length, element)
  const tables = (fitsHeap(region) ? createHeapTables : createPairedTables)(region, element, memory)
  const sums = createLeafSums(region, tables.leafSlots, memory, grid)
  return tiles.map(({ title, maxRows, ...tile }) => ({
    title,
    inputs,
    maxRows,
    run: emitTreeWalk(build, { region, tables, sums, ranks: inputs }, tile),
  }))
}
