// An ensemble in, a kernel that sends sixteen rows at a time through its trees, a byte a row, out.

import type { Ranks } from '../../../regions/ranks.ts'
import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { treeDepths } from '../../../regions/tree-layout.ts'
import type { ColumnBlock, CoreVariant, KernelBuild } from '../kernel-stage.ts'
import { chooseForms, mostLeaves } from './lanes-choice.ts'
import { emitLaneRun, type LaneTile } from './lanes-run.ts'
import { groupByRanks } from './lanes-ranks.ts'
import { writeGroups } from './lanes-segments.ts'
import { laneTrees } from './lanes-trees.ts'
import type { LeafGrid } from './leaf-grid.ts'
import { createLeafPlanes } from './leaf-planes.ts'

/**
 * A test waits for the one before, so few rows alone leave much of the processor idle, and go through two trees at once. The
 * registers hold four positions, the record of a test, and little more.
 */
const allTiles: readonly LaneTile[] = [
  { groups: 1, trees: 2 },
  { groups: 2, trees: 2 },
  { groups: 4, trees: 1 },
]

/** Bytes of one row's outputs: each is looked up by itself. */
const mostPlanes = 12

/** Of deeper trees not even the part with one leaf would fit: it has one more for each test above it. */
const mostDepth = mostLeaves - 1

/** Undefined where leaves have many values, ranks more than 16 bits, or trees an uncommon depth. */
export function emitTreeLanes(
  build: KernelBuild,
  region: TreeEnsemble,
  ranks: Ranks,
  grid?: LeafGrid,
): CoreVariant | undefined {
  const rankCounts = region.inputs.map(({ column }) => {
    const source = ranks.columns[column]
    return source.kind === 'rank' ? source.flipPoints.length + 1 : 2
  })
  const highest = rankCounts.reduce((most, next) => Math.max(most, next - 1), 0)
  const planes = createLeafPlanes(region, grid)
  if (planes === undefined || planes.planeCount * region.leafWidth > mostPlanes) return undefined
  if (highest > 0xffff || treeDepths(region).some((depth) => depth > mostDepth)) return undefined
  const trees = laneTrees(region, mostLeaves)
  const groups = groupByRanks(trees, highest <= 0xff)
  const { memory, blockRows } = build
  const slots = groups.reduce((most, { columns }) => Math.max(most, columns.length), 1)
  const tiles = allTiles.filter(({ groups: rows }) => slots * rows * 16 <= 0xffff && rows * 8 < blockRows)
  if (tiles.length === 0) return undefined
  const columnByteLength = 16 * tiles[tiles.length - 1].groups
  const element = highest <= 0xff ? 'u8' : 'u16'
  const inputs: ColumnBlock = {
    address: memory.reserve(region.inputs.length * blockRows * (element === 'u8' ? 1 : 2)),
    element,
    order: 'columns',
    pitch: blockRows,
  }
  const { forms, formOf } = chooseForms(trees)
  const weights = planes.scale.length * planes.planeCount
  const layout = {
    columnsAddress: memory.reserve(slots * columnByteLength),
    columnByteLength,
    sumsAddress: memory.reserve(region.outputWidth * columnByteLength * 8),
    sumsByteLength: columnByteLength * 8,
    weightsAddress: memory.table(
      Float64Array.from({ length: weights }, (_, i) => {
        const [output, plane] = [Math.floor(i / planes.planeCount), i % planes.planeCount]
        return planes.scale[output] * 256 ** plane
      }),
    ),
    offsetsAddress: memory.table(planes.offset),
  }
  const groupsAddress = writeGroups(groups, {
    ...layout,
    memory,
    inputs,
    rankCounts,
    forms,
    formOf,
    planes,
    leafWidth: region.leafWidth,
  })
  // What lies past the last row of a block is looked up as well, and may be any 16 bits.
  if (element === 'u16') memory.reserve(0x10000)
  const run = emitLaneRun(build, {
    ...layout,
    inputs,
    forms,
    groupsAddress,
    groupCount: groups.length,
    outputWidth: region.outputWidth,
    planes: planes.planeCount * region.leafWidth,
    planesOfOutput: planes.planeCount,
    tiles,
  })
  return { title: '16 rows at once', inputs, run, maxRows: blockRows }
}
