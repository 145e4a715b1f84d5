// Steps that count flip points below a value in, a function that runs them out: no branch depends on a row.

import { createError } from '../../../errors.ts'
import type { RankColumn } from '../../../regions/ranks.ts'
import type { ElementType, KernelBuild } from '../kernel-stage.ts'
import { maxInteger } from './element-store.ts'
import { type RankShape, rankBody, searchParameters } from './rank-search.ts'
import { chooseWindow, layWindow, type RankWindow, startByteLength } from './rank-window.ts'
import { addStepLoop, type GroupFunction } from './step-loop.ts'
import type { StepRecord } from './step-records.ts'

export type RankStep = { readonly source: number; readonly target: number; readonly column: RankColumn }

type Shaped = RankStep & RankShape & { readonly window: RankWindow }

/** Values that are looked up side by side, so that they wait for memory together. */
const laneCount = 4

/** A search may look this many steps longer than it must where that saves a function. */
const spareSteps = 2

export function addRankGroups(
  build: KernelBuild,
  { order, element, steps }: { order: 'rows' | 'columns'; element: ElementType; steps: readonly RankStep[] },
): readonly GroupFunction[] {
  const shaped = steps.map((step) => {
    assertFits(step.column, element)
    return shapeOf(step)
  })
  return groupByShape(shaped, order === 'rows' ? spareSteps : 0).map((group) => {
    const [shape] = group
    const records = group.map((step) => recordOf(build, step, shape.steps))
    return addStepLoop(build, { order, element, records, lanes: laneCount, body: rankBody(shape, order) })
  })
}

function shapeOf(step: RankStep): Shaped {
  const { flipPoints, missing, missingValue } = step.column
  const window = chooseWindow(flipPoints)
  return {
    ...step,
    window,
    steps: window.steps,
    missing: Number.isNaN(missingValue) ? missing : 'sentinel',
    startByteLength: window.grid === undefined ? 0 : startByteLength(flipPoints.length),
  }
}

/** Groups whose first has the most steps. */
function groupByShape(steps: readonly Shaped[], spare: number): readonly (readonly Shaped[])[] {
  const sorted = [...steps].sort(
    (a, b) => a.startByteLength - b.startByteLength || compareText(a.missing, b.missing) || b.steps - a.steps,
  )
  const groups: Shaped[][] = []
  for (const step of sorted) {
    const group = groups.at(-1)
    const first = group?.[0]
    const isSame =
      first !== undefined &&
      first.missing === step.missing &&
      first.startByteLength === step.startByteLength &&
      first.steps - step.steps <= spare
    if (isSame) group?.push(step)
    else groups.push([step])
  }
  return groups
}

/** The first `localeCompare` of a process loads the tables of its language, which takes some milliseconds of a cold start. */
function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

function recordOf(build: KernelBuild, { source, target, column, window }: Shaped, steps: number): StepRecord {
  const { memory } = build
  const { flipPoints, missing, missingValue } = column
  const searched = Number.isNaN(missingValue) ? missing : 'lowest'
  const { points, first, starts } = layWindow(flipPoints, window, { steps, missing: searched })
  const address = memory.table(points)
  const whenMissing = missing === 'lowest' ? 0 : flipPoints.length
  const { grid } = window
  return {
    source,
    target,
    ...searchParameters({
      points: address,
      first: address + 8 * first,
      whenMissing,
      sentinel: missingValue,
      grid: grid && starts && { ...grid, starts: memory.table(starts) },
    }),
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
