// Trees in tables and a block of ranks in, the function that walks several trees for several rows at once out.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { type ColumnBlock, type CoreFunction, elementByteLength, type KernelBuild } from '../kernel-stage.ts'
import { countUp, select, sequence } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { i32, i64 } from '../wasm/scalar-instructions.ts'
import type { Scope } from '../wasm/wasm-module.ts'
import { addLeaves } from './add-leaves.ts'
import type { LeafSums } from './leaf-sums.ts'
import { loadRank, type RankElement } from './rank-block.ts'
import type { TreeTables, Walker } from './tree-tables.ts'
import { writeRaw } from './write-raw.ts'

/** Cursors that move at once: `trees` · `rows`. Both divide 8. */
export type WalkTile = { readonly trees: number; readonly rows: number }

export type WalkedTrees = {
  readonly region: TreeEnsemble
  readonly tables: TreeTables
  readonly sums: LeafSums<'i32'> | LeafSums<'f64'>
  /** In order of rows. */
  readonly ranks: ColumnBlock
}

/** Bytes of nodes that all rows go through before the next trees: what first-level caches nearly hold measured fastest. */
const blockByteLength = 2 ** 16

/** Each tile of rows is copied to where constant addresses reach it, and goes through a block of trees. */
export function emitTreeWalk(build: KernelBuild, walked: WalkedTrees, tile: WalkTile): CoreFunction {
  return walked.sums.zero.type === 'i32'
    ? emitWalk(build, { ...walked, sums: walked.sums as LeafSums<'i32'> }, tile)
    : emitWalk(build, { ...walked, sums: walked.sums as LeafSums<'f64'> }, tile)
}

function emitWalk<Type extends 'i32' | 'f64'>(
  { module, memory, blockRows }: KernelBuild,
  { region, tables, sums, ranks }: WalkedTrees & { readonly sums: LeafSums<Type> },
  tile: WalkTile,
): CoreFunction {
  const rowSumsLength = region.outputWidth * sums.sumByteLength
  const rowByteLength = ranks.pitch * elementByteLength[ranks.element]
  const tileAddress = memory.reserve(tile.rows * rowByteLength)
  // Zero between calls: what rows have added up is cleared as it is written out.
  const sumsAddress = memory.reserve(blockRows * rowSumsLength)
  const load = loadRank[ranks.element as RankElement]
  const lastTree = Math.ceil((region.treeStart.length - 1) / tile.trees) * tile.trees
  return module.addFunction({ params: ['i32', 'i32'] }, ([rowCount, raw], scope) => {
    const [firstTree, endTree, tree] = [scope.local('i32'), scope.local('i32'), scope.local('i32')]
    const [firstRow, sumAt] = [scope.local('i32'), scope.local('i32')]
    const walkers = Array.from({ length: tile.trees * tile.rows }, (_, i) => ({
      tree: Math.floor(i / tile.rows),
      row: i % tile.rows,
      cursor: scope.local('i32'),
      rank: scope.local('i32'),
    }))
    const readRank = ({ rank, row }: Walker, cursor: Expression<'i32'>): Statement => {
      const column = tables.loadColumn(cursor, tables.address + tables.columnOffset)
      return rank.set(load(column, tileAddress + row * rowByteLength))
    }
    /** The difference is negative, and its sign bit 1, where the row goes right. */
    const goesRight = ({ rank }: Walker, cursor: Expression<'i32'>): Expression<'i32'> =>
      i32.shrU(i32.sub(tables.loadRank(cursor, tables.address + tables.rankOffset), rank.get), i32.const(31))
    const cursors = Array.from({ length: tile.trees }, (_, t) =>
      walkers.filter(({ tree }) => tree === t).map(({ cursor }) => cursor),
    )
    const walkTile = sequence(
      sumAt.set(i32.mul(firstRow.get, i32.const(rowSumsLength))),
      copyRows({ from: ranks.address, firstRow, to: tileAddress, rowByteLength, rows: tile.rows }, scope),
      countUp(
        tree,
        { from: firstTree.get, end: endTree.get, step: tile.trees },
        sequence(
          tables.walk({ tree, scope, walkers, readRank, goesRight }),
          addLeaves({ region, tables, sums, sumsAddress, sumAt, cursors, tree, scope, memory }),
        ),
      ),
    )
    const blockTrees = treesOfBlock(tables, tile)
    const nextTree = i32.add(firstTree.get, i32.const(blockTrees))
    const walkBlock = sequence(
      endTree.set(select(i32.ltU(nextTree, i32.const(lastTree)), nextTree, i32.const(lastTree))),
      countUp(firstRow, { end: rowCount.get, step: tile.rows }, walkTile),
    )
    return sequence(
      countUp(firstTree, { end: i32.const(lastTree), step: blockTrees }, walkBlock),
      writeRaw({
        outputWidth: region.outputWidth,
        sums,
        sumsAddress,
        rowCount,
        tileRows: tile.rows,
        raw,
        scope,
        memory,
      }),
    )
  })
}

/** A few rows are not worth copying their ranks for each block. */
function treesOfBlock({ treeByteLength, order }: TreeTables, { trees, rows }: WalkTile): number {
  if (rows === 1) return order.length
  return Math.max(1, Math.floor(blockByteLength / treeByteLength / trees)) * trees
}

/** Rows lie at multiples of 16 bytes. */
function copyRows(
  {
    from,
    firstRow,
    to,
    rowByteLength,
    rows,
  }: { from: number; firstRow: Local<'i32'>; to: number; rowByteLength: number; rows: number },
  scope: Scope,
): Statement {
  const [at, source] = [scope.local('i32'), scope.local('i32')]
  const copy = (byteOffset: number): Statement =>
    i64.store(at.get, i64.load(i32.add(at.get, source.get), from + byteOffset), to + byteOffset)
  return sequence(
    source.set(i32.mul(firstRow.get, i32.const(rowByteLength))),
    countUp(at, { end: i32.const(rows * rowByteLength), step: 16 }, sequence(copy(0), copy(8))),
  )
}
