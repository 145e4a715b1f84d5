// A region graph and one of its columns in, that column as a function of one feature out: all preprocessing is column-wise.

import { createError } from '../errors.ts'
import type { ColumnRef } from '../regions/column-ref.ts'
import { imputeValue } from '../regions/impute.ts'
import { indicatorValue } from '../regions/indicator.ts'
import { createKeyTable } from '../regions/key-table.ts'
import { type OneHot, oneHotPosition } from '../regions/one-hot.ts'
import type { Ordinal } from '../regions/ordinal.ts'
import { memberFunction, type RanksColumn } from '../regions/ranks.ts'
import type { RegionGraph, RegionKind } from '../regions/region.ts'
import { type Scale, scaleValue } from '../regions/scale.ts'
import { createRankSearch } from './rank-search.ts'

export type ValueMap = (value: number) => number

/** What one column needs: `feature` of the canonical row, mapped through `steps` in order. */
export type ColumnPath = { readonly feature: number; readonly steps: readonly ValueMap[] }

/** A block of a one-hot region: the path that ends in the slot which is set, −1 none. One object for all its columns. */
export type OneHotBlock = { readonly width: number; readonly slotPath: ColumnPath }

export type BlockSlot = { readonly block: OneHotBlock; readonly slot: number }

export type PathFinder = {
  /** @throws VALIDATION_FAILED where the column depends on more than one feature */
  pathOf(ref: ColumnRef): ColumnPath
  /** Undefined where `ref` is no output of a one-hot region. */
  blockSlotOf(ref: ColumnRef): BlockSlot | undefined
}

export function createPathFinder(graph: RegionGraph): PathFinder {
  const blocks = new Map<string, OneHotBlock>()
  /** By region and column: thousands of tests may read one column of ranks. */
  const known = graph.regions.map(() => new Map<number, ColumnPath>())

  function blockSlot(region: OneHot, ref: ColumnRef): BlockSlot {
    const { input, slot } = oneHotPosition(region, ref.column)
    const key = `${ref.region}:${input}`
    let block = blocks.get(key)
    if (block === undefined) {
      const { keys, slots, unknownSlot, width } = region.columns[input]
      block = { width, slotPath: after(region.inputs[input], createKeyTable(keys, slots, unknownSlot)) }
      blocks.set(key, block)
    }
    return { block, slot }
  }

  function after(ref: ColumnRef, step: ValueMap): ColumnPath {
    const { feature, steps } = pathOf(ref)
    return { feature, steps: [...steps, step] }
  }

  function pathOf(ref: ColumnRef): ColumnPath {
    let path = known[ref.region].get(ref.column)
    if (path === undefined) known[ref.region].set(ref.column, (path = findPath(ref)))
    return path
  }

  function findPath(ref: ColumnRef): ColumnPath {
    const { column } = ref
    const region = graph.regions[ref.region]
    switch (region.kind) {
      case 'input':
        return { feature: column, steps: [] }
      case 'impute':
        return after(region.inputs[column], imputeStep(region.missing[column], region.fill[column]))
      case 'indicator':
        return after(region.inputs[column], (value) => indicatorValue(region, column, value))
      case 'scale':
        return after(region.inputs[column], scaleStep(region, column))
      case 'ordinal':
        return after(region.inputs[column], ordinalStep(region, column))
      case 'ranks':
        return after(region.inputs[column], rankStep(region.columns[column]))
      case 'one-hot': {
        const { block, slot } = blockSlot(region, ref)
        const { feature, steps } = block.slotPath
        return { feature, steps: [...steps, (set) => (set === slot ? 1 : 0)] }
      }
      default:
        throw createError(
          'VALIDATION_FAILED',
          `region ${ref.region} (${region.kind}) feeds an input of the graph: only column-wise regions can be encoded from rows`,
          { details: { region: ref.region, column } },
        )
    }
  }

  return {
    pathOf,
    blockSlotOf(ref) {
      const region = graph.regions[ref.region]
      return region.kind === 'one-hot' ? blockSlot(region, ref) : undefined
    },
  }
}

/** True where each of `columns` is a function of one feature. */
export function isColumnWise(graph: RegionGraph, columns: readonly ColumnRef[]): boolean {
  const known = new Map<number, boolean>()
  const isRegionColumnWise = (index: number): boolean => {
    const found = known.get(index)
    if (found !== undefined) return found
    const region = graph.regions[index]
    const is =
      region.kind === 'input' ||
      (columnWiseKinds.has(region.kind) && region.inputs.every((ref) => isRegionColumnWise(ref.region)))
    known.set(index, is)
    return is
  }
  return columns.every(({ region }) => isRegionColumnWise(region))
}

const columnWiseKinds: ReadonlySet<RegionKind> = new Set([
  'input',
  'impute',
  'indicator',
  'scale',
  'ordinal',
  'ranks',
  'one-hot',
])

/** `steps` as one function. */
export function composeSteps(steps: readonly ValueMap[]): ValueMap {
  switch (steps.length) {
    case 0:
      return (value) => value
    case 1:
      return steps[0]
    default: {
      const [first, ...rest] = steps
      const then = composeSteps(rest)
      return (value) => then(first(value))
    }
  }
}

function imputeStep(missing: number, fill: number): ValueMap {
  const region = { kind: 'impute', inputs: [], missing: [missing], fill: [fill] } as const
  return (value) => imputeValue(region, 0, value)
}

function scaleStep(region: Scale, column: number): ValueMap {
  const { form, first, second, clip } = region
  if (clip !== undefined) return (value) => scaleValue(region, column, value)
  const a = first[column]
  const b = second[column]
  return form === 'subtract-divide' ? (value) => (value - a) / b : (value) => value * a + b
}

function ordinalStep(region: Ordinal, column: number): ValueMap {
  const { keys, values, unknownValue } = region.columns[column]
  return createKeyTable(keys, values, unknownValue)
}

function rankStep(column: RanksColumn): ValueMap {
  if (column.kind === 'member') return memberFunction(column)
  const { flipPoints, missingValue, missing } = column
  const whenMissing = missing === 'lowest' ? 0 : flipPoints.length
  const search = createRankSearch(flipPoints)
  // A NaN sentinel equals nothing, so both ways of writing missing are two comparisons.
  return (value) => (Number.isNaN(value) || value === missingValue ? whenMissing : search(value))
}
