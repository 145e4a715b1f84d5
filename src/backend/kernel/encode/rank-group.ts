// Steps that count flip points below a value in, a function that runs them out: no branch depends on a row.

import { createError } from '../../../errors.ts'
import type { ElementType, KernelBuild } from '../kernel-stage.ts'
import { select } from '../wasm/control.ts'
import type { Expression, Statement } from '../wasm/expression.ts'
import { f64, i32 } from '../wasm/scalar-instructions.ts'
import { f64x2, i32x4 } from '../wasm/vector-instructions.ts'
import type { RankColumn } from '../../../regions/ranks.ts'
import { maxInteger } from './element-store.ts'
import { chooseWindow, integerMagic, paddedPoints, type RankWindow } from './rank-window.ts'
import { addStepLoop, type GroupFunction, type Lane, type StepBody } from './step-loop.ts'
import type { StepRecord } from './step-records.ts'

export type RankStep = { readonly source: number; readonly target: number; readonly column: RankColumn }

/** What a missing value costs: nothing where it is NaN and ranks 0, as a search finds. */
type Missing = 'zero' | 'number' | 'sentinel'

type Shape = { readonly window: RankWindow; readonly missing: Missing }

type Shaped = RankStep & Shape

/** Values of one row side by side; those of a column, whose tables are one, may be more. */
const lanesOf = { rows: 4, columns: 4 } as const

/** A search may look this many steps longer than it must where that saves a function. */
const spareSteps = 2

/** Where a lane's parameters stand in its record. */
const tableInt = 0
const whenMissingInt = 1
const startsInt = 2
const missingFloat = 0
const lowestFloat = 1
const scaleFloat = 2
const lastCellFloat = 3

export function addRankGroups(
  build: KernelBuild,
  { order, element, steps }: { order: 'rows' | 'columns'; element: ElementType; steps: readonly RankStep[] },
): readonly GroupFunction[] {
  const shaped = steps.map((step): Shaped => {
    assertFits(step.column, element)
    return { ...step, window: chooseWindow(step.column.flipPoints), missing: missingOf(step.column) }
  })
  return groupByShape(shaped, order === 'rows' ? spareSteps : 0).map((group) => {
    const shape: Shape = { missing: group[0].missing, window: group[0].window }
    const records = group.map((step) => recordOf(build, step, shape.window.steps))
    return addStepLoop(build, { order, element, records, lanes: lanesOf[order], body: rankBody(shape) })
  })
}

function missingOf({ missing, missingValue }: RankColumn): Missing {
  if (!Number.isNaN(missingValue)) return 'sentinel'
  return missing === 'lowest' ? 'zero' : 'number'
}

/** Groups whose first has the most steps. */
function groupByShape(steps: readonly Shaped[], spare: number): readonly (readonly Shaped[])[] {
  const sorted = [...steps].sort(
    (a, b) =>
      Number(a.window.grid === undefined) - Number(b.window.grid === undefined) ||
      a.missing.localeCompare(b.missing) ||
      b.window.steps - a.window.steps,
  )
  const groups: Shaped[][] = []
  for (const step of sorted) {
    const group = groups.at(-1)
    const first = group?.[0]
    const isSame =
      first !== undefined &&
      first.missing === step.missing &&
      (first.window.grid === undefined) === (step.window.grid === undefined) &&
      first.window.steps - step.window.steps <= spare
    if (isSame) group?.push(step)
    else groups.push([step])
  }
  return groups
}

function recordOf(build: KernelBuild, { source, target, column, window }: Shaped, steps: number): StepRecord {
  const { flipPoints, missing, missingValue } = column
  const table = build.memory.table(paddedPoints(flipPoints, steps))
  const whenMissing = missing === 'lowest' ? 0 : flipPoints.length
  const { grid } = window
  if (grid === undefined) return { source, target, ints: [table, whenMissing], floats: [missingValue] }
  return {
    source,
    target,
    ints: [table, whenMissing, build.memory.table(grid.starts)],
    floats: [missingValue, grid.lowest, grid.scale, grid.lastCell],
  }
}

function rankBody({ window, missing }: Shape): StepBody {
  return (lanes, pool) => {
    const values = lanes.map(() => pool.take('f64'))
    const points = lanes.map(() => pool.take('i32'))
    const statements: Statement[] = []
    lanes.forEach((lane, l) => {
      statements.push(values[l].set(lane.value))
      const start = window.grid === undefined ? lane.int(tableInt) : i32.add(lane.int(tableInt), startByte(lane))
      statements.push(points[l].set(start))
    })
    for (let step = window.steps - 1; step >= 0; step--) {
      const bytes = 8 * 2 ** step
      lanes.forEach((_, l) => {
        const point = points[l]
        const isBelow = f64.lt(f64.load(point.get, bytes - 8), values[l].get)
        statements.push(point.set(select(isBelow, i32.add(point.get, i32.const(bytes)), point.get)))
      })
    }
    lanes.forEach((lane, l) => {
      const rank = i32.shrU(i32.sub(points[l].get, lane.int(tableInt)), i32.const(3))
      statements.push(lane.storeInteger(withMissing(missing, lane, { value: values[l].get, rank })))
    })
    return statements
  }
}

/** Byte of the flip point at which the value's cell begins. */
function startByte(lane: Lane): Expression<'i32'> {
  const fromLowest = f64x2.sub(lane.splat, lane.floatSplat(lowestFloat))
  const place = f64x2.mul(fromLowest, lane.floatSplat(scaleFloat))
  // In this order NaN becomes 0.
  const clamped = f64x2.pmin(f64x2.pmax(f64x2.splat(f64.const(0)), place), lane.floatSplat(lastCellFloat))
  const cell = i32x4.extractLane(f64x2.add(clamped, f64x2.splat(f64.const(integerMagic))), 0)
  return i32.shl(i32.load16U(i32.add(lane.int(startsInt), i32.shl(cell, i32.const(1)))), i32.const(3))
}

function withMissing(
  missing: Missing,
  lane: Lane,
  { value, rank }: { value: Expression<'f64'>; rank: Expression<'i32'> },
): Expression<'i32'> {
  switch (missing) {
    case 'zero':
      return rank
    case 'number':
      return select(f64.eq(value, value), rank, lane.int(whenMissingInt))
    case 'sentinel': {
      const isMissing = i32.or(f64.ne(value, value), f64.eq(value, lane.float(missingFloat)))
      return select(isMissing, lane.int(whenMissingInt), rank)
    }
  }
}

function assertFits({ flipPoints }: RankColumn, element: ElementType): void {
  if (flipPoints.length <= maxInteger[element]) return
  throw createError(
    'UNSUPPORTED',
    `ranks of ${flipPoints.length} flip points do not fit ${element}; ask for a larger element`,
    { details: { element, flipPoints: flipPoints.length } },
  )
}
