// A graph and the slots of its input in; the same graph whose input has the slots in use, and what the others are together, out.

import type { OtherSlots } from '../../../../src/artifact/text-columns.ts'
import type { ColumnRef, Region, RegionGraph } from '../../../../src/regions/region.ts'
import type { OtherLanes, Measure } from './other-lanes.ts'
import { type Made, narrowRegion } from './narrow-region.ts'
import type { SlotBlock } from './slot-block.ts'
import { keepsSlots, type Lane, type SlotLanes } from './slot-lanes.ts'
import type { SlotsInUse } from './slots-in-use.ts'

export type NarrowInput = {
  /** By column, that of the whole graph's input; −1 where it stands for others. */
  readonly columns: Int32Array
  /** By block, where its columns stand and how many of them are slots; others follow. */
  readonly blocks: readonly {
    readonly start: number
    readonly slotCount: number
    readonly others: readonly OtherSlots[]
  }[]
}

export type NarrowSlots = { readonly graph: RegionGraph; readonly input: NarrowInput }

/** What is known of a graph's slots. */
export type KnownSlots = {
  readonly blocks: readonly SlotBlock[]
  readonly traced: SlotLanes
  readonly inUse: SlotsInUse
  readonly other: OtherLanes
}

export function narrowSlots(graph: RegionGraph, known: KnownSlots): NarrowSlots {
  const { traced, inUse } = known
  const input = narrowInput(known)
  const regions: Region[] = [{ kind: 'input', width: input.columns.length }]
  /** By region of the whole graph, the number of each of its columns in its region here; undefined where all stay. */
  const columns: (Int32Array | undefined)[] = [inverse(input.columns, traced.inputs[0]?.slots.length ?? 0)]
  const places: number[] = [0]
  const others = new Map<string, ColumnRef>()
  known.traced.lanes.forEach((lane) => {
    if (lane.source !== undefined) return
    const { start, slotCount, others: told } = input.blocks[lane.block]
    told.forEach(({ value, by }, i) => {
      const ref = { region: 0, column: start + slotCount + i }
      others.set(freshKey(lane.block, value, by), ref)
      if (value === 'count') others.set(otherKey(lane, by), ref)
    })
  })

  const add = (region: Made): number => regions.push(region) - 1
  const rename = ({ region, column }: ColumnRef): ColumnRef => {
    return { region: places[region], column: columns[region]?.[column] ?? column }
  }
  const otherOf = (lane: Lane, by: Measure): ColumnRef => {
    const ref = others.get(otherKey(lane, by))
    if (ref === undefined) throw new RangeError(`nothing tells the ${by} of lane ${lane.id}`)
    return ref
  }

  for (let index = 1; index < graph.regions.length; index++) {
    const region = graph.regions[index]
    if (region.kind === 'input') throw new RangeError('only region 0 is the input')
    const inputs = traced.inputs[index]
    if (inputs === undefined) {
      places.push(add({ ...region, inputs: region.inputs.map(rename) }))
      columns.push(undefined)
      continue
    }
    const kept: number[] = []
    for (let at = 0; at < inputs.slots.length; at++)
      if (inputs.slots[at] < 0 || inUse.isUsed[inputs.slots[at]] === 1) kept.push(at)
    const lanes = traced.lanes.flatMap((lane) => {
      const other = known.other.lanes[lane.id]
      const { source } = lane
      return lane.region === index && other !== undefined && source !== undefined
        ? [{ lane, source, usual: inUse.usualInput[lane.id], ...other }]
        : []
    })
    const narrow = narrowRegion(region, {
      kept,
      inputs: kept.map((at) => rename(region.inputs[at])),
      lanes,
      add,
      otherOf,
      freshOf,
    })
    places.push(narrow.place)
    for (const { lane, by, ref } of narrow.others) others.set(otherKey(lane, by), ref)
    columns.push(keepsSlots(region) ? inverse(Int32Array.from(kept), inputs.slots.length) : undefined)
  }
  return { graph: { regions, output: graph.output.map(rename) }, input }

  function freshOf({ block }: Lane, value: OtherSlots['value'], by: Measure): ColumnRef {
    const ref = others.get(freshKey(block, value, by))
    if (ref === undefined) throw new RangeError(`nothing tells the ${by} of ${value}`)
    return ref
  }
}

function otherKey({ id }: Lane, by: Measure): string {
  return `${id} ${by}`
}

function freshKey(block: number, value: OtherSlots['value'], by: Measure): string {
  return `block ${block} ${value} ${by}`
}

function narrowInput({ blocks, traced, inUse: { isUsed }, other }: KnownSlots): NarrowInput {
  const columns: number[] = []
  const made: NarrowInput['blocks'][number][] = []
  const width = traced.inputs[0]?.slots.length ?? 0
  const starts = new Map(blocks.map(({ start }, block) => [start, block]))
  for (let column = 0; column < width; ) {
    const block = starts.get(column)
    if (block === undefined) {
      columns.push(column++)
      continue
    }
    const start = columns.length
    const { count } = blocks[block]
    for (const end = column + count; column < end; column++) if (isUsed[column] === 1) columns.push(column)
    const slotCount = columns.length - start
    for (const _ of other.others[block]) columns.push(-1)
    made[block] = { start, slotCount, others: other.others[block] }
  }
  return { columns: Int32Array.from(columns), blocks: made }
}

/** −1 where a column is gone. */
function inverse(kept: Int32Array, width: number): Int32Array {
  const places = new Int32Array(width).fill(-1)
  kept.forEach((column, at) => {
    if (column >= 0) places[column] = at
  })
  return places
}
