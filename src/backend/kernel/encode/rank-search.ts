// What a search for ranks has in common over its columns in, the code that ranks values without a branch out.

import { select } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import type { Local } from '../wasm/local.ts'
import { f64, i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, i32x4 } from '../wasm/vector-instructions.ts'
import type { LocalPool } from './local-pool.ts'
import { integerMagic } from './rank-window.ts'
import type { Lane, StepBody } from './step-loop.ts'
import type { StepRecord } from './step-records.ts'

/**
 * What a missing value ranks: the search itself finds that of NaN, 0 where it asks `<` and the highest where it asks
 * `not >=`; another sentinel is compared.
 */
type Missing = 'lowest' | 'highest' | 'sentinel'

export type RankShape = {
  readonly missing: Missing
  readonly steps: number
  /** Of the numbers that say where a cell's search starts; 0 without a grid. */
  readonly startByteLength: 0 | 1 | 2
}

/** Where a lane's parameters stand in its record. */
const pointsInt = 0
const firstInt = 1
const whenMissingInt = 2
const startsInt = 3
const missingFloat = 0
const lowestFloat = 1
const scaleFloat = 2
const lastCellFloat = 3

/** Addresses of one column's tables, and its numbers. */
type SearchTables = {
  readonly points: number
  readonly first: number
  readonly whenMissing: number
  readonly sentinel: number
  readonly grid?: {
    readonly lowest: number
    readonly scale: number
    readonly lastCell: number
    readonly starts: number
  }
}

export function searchParameters(tables: SearchTables): Pick<StepRecord, 'ints' | 'floats'> {
  const { points, first, whenMissing, sentinel, grid } = tables
  const ints = [points, first, whenMissing]
  if (grid === undefined) return { ints, floats: [sentinel] }
  return { ints: [...ints, grid.starts], floats: [sentinel, grid.lowest, grid.scale, grid.lastCell] }
}

export function rankBody(shape: RankShape, order: 'rows' | 'columns'): StepBody {
  return (lanes, pool) => {
    const values = lanes.map(() => pool.take('f64'))
    const ranks = lanes.map(() => pool.take('i32'))
    const starting = startSearch(shape, order, { lanes, values, ranks, pool })
    const searching = shape.steps === 1 && shape.startByteLength > 0 ? searchPoint : searchPoints
    const found = searching(shape, { lanes, values, ranks })
    const storing = lanes.map((lane, l) => {
      const { get: value } = values[l]
      if (shape.missing !== 'sentinel') return lane.storeInteger(found.rankOf(l))
      const isMissing = i32.or(f64.ne(value, value), f64.eq(value, lane.float(missingFloat)))
      return lane.storeInteger(select(isMissing, lane.int(whenMissingInt), found.rankOf(l)))
    })
    return [...lanes.map((lane, l) => values[l].set(lane.value)), ...starting, ...found.statements, ...storing]
  }
}

type Search = {
  readonly lanes: readonly Lane[]
  readonly values: readonly Local<'f64'>[]
  /** Where the search of each lane stands: a flip point's number, or its address. */
  readonly ranks: readonly Local<'i32'>[]
}

/** Sets each rank to the number of the flip point where the search starts. */
function startSearch(
  { missing, startByteLength: byteLength }: RankShape,
  order: 'rows' | 'columns',
  { lanes, values, ranks, pool }: Search & { readonly pool: LocalPool },
): readonly Statement[] {
  if (byteLength === 0) return []
  const load = byteLength === 1 ? i32.load8U : i32.load16U
  const startAt = (lane: Lane, cell: Expression<'i32'>) =>
    load(i32.add(lane.int(startsInt), byteLength === 1 ? cell : i32.shl(cell, i32.const(1))))
  if (order === 'rows')
    return lanes.map((lane, l) =>
      ranks[l].set(startAt(lane, i32x4.extractLane(cellsOf(lane, f64x2.splat(values[l].get), missing), 0))),
    )
  return lanes.flatMap((lane, l) => {
    if (l % 2 === 1) return []
    const cells = pool.take('v128')
    return [
      cells.set(cellsOf(lane, lane.pair, missing)),
      ranks[l].set(startAt(lane, i32x4.extractLane(cells.get, 0))),
      ranks[l + 1].set(startAt(lane, i32x4.extractLane(cells.get, 2))),
    ]
  })
}

/** Numbers of the cells that two values lie in, in the low halves of both lanes. */
function cellsOf(lane: Lane, values: Expression<'v128'>, missing: Missing): Expression<'v128'> {
  const place = f64x2.mul(f64x2.sub(values, lane.floatSplat(lowestFloat)), lane.floatSplat(scaleFloat))
  const [zero, last] = [f64x2.splat(f64.const(0)), lane.floatSplat(lastCellFloat)]
  // NaN becomes the bound that comes first.
  const clamped =
    missing === 'highest' ? f64x2.pmax(f64x2.pmin(last, place), zero) : f64x2.pmin(f64x2.pmax(zero, place), last)
  return f64x2.add(clamped, f64x2.splat(f64.const(integerMagic)))
}

type Found = { readonly statements: readonly Statement[]; rankOf(lane: number): Expression<'i32'> }

/** One flip point may lie between the value and its cell. */
function searchPoint({ missing }: RankShape, { lanes, values, ranks }: Search): Found {
  return {
    statements: [],
    rankOf(l) {
      const point = f64.load(i32.add(lanes[l].int(pointsInt), i32.shl(ranks[l].get, i32.const(3))))
      const isReached = f64.ge(point, values[l].get)
      return i32.add(ranks[l].get, missing === 'highest' ? i32.eqz(isReached) : f64.lt(point, values[l].get))
    },
  }
}

/** A search by halves, whose steps are the same for all values. */
function searchPoints(
  { missing, steps, startByteLength: byteLength }: RankShape,
  { lanes, values, ranks }: Search,
): Found {
  const statements = lanes.map((lane, l) => {
    const start = i32.shl(ranks[l].get, i32.const(3))
    return ranks[l].set(byteLength === 0 ? lane.int(pointsInt) : i32.add(lane.int(pointsInt), start))
  })
  for (let step = steps - 1; step >= 0; step--) {
    const bytes = 8 * 2 ** step
    lanes.forEach((_, l) => {
      const at = ranks[l]
      const point = f64.load(at.get, bytes - 8)
      const behind = i32.add(at.get, i32.const(bytes))
      statements.push(
        at.set(
          missing === 'highest'
            ? select(f64.ge(point, values[l].get), at.get, behind)
            : select(f64.lt(point, values[l].get), behind, at.get),
        ),
      )
    })
  }
  return { statements, rankOf: (l) => i32.shrU(i32.sub(ranks[l].get, lanes[l].int(firstInt)), i32.const(3)) }
}
