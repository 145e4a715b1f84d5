// A region graph and the slots of its input in; by which ways they reach which regions, out.

import type { ColumnRef, Region, RegionGraph } from '../../../../src/regions/region.ts'
import type { SlotBlock } from './slot-block.ts'

/** One way by which slots enter a region: from another lane, each slot at most once. */
export type Lane = {
  readonly id: number
  readonly region: number
  /** Undefined for the input itself. */
  readonly source: Lane | undefined
  readonly block: number
}

/** Of the inputs of a region, or the columns of region 0. */
export type SlotInputs = {
  /** Its column of region 0; −1 where an input is no slot. */
  readonly slots: Int32Array
  /** Number of its lane; −1 likewise. */
  readonly lanes: Int32Array
}

export type SlotLanes = {
  readonly lanes: readonly Lane[]
  /** By region; undefined where no slot enters. */
  readonly inputs: readonly (SlotInputs | undefined)[]
}

/** Regions that make one column of each input: a slot is a slot behind them too. */
const columnwise: ReadonlySet<Region['kind']> = new Set(['scale', 'impute', 'map', 'term-weights', 'normalize'])

/** Whether a column of the region, of which the number is that of the input, is a slot too where that is one. */
export function keepsSlots(region: Region): boolean {
  return region.kind === 'input' || columnwise.has(region.kind)
}

export function traceSlots(graph: RegionGraph, blocks: readonly SlotBlock[]): SlotLanes {
  const lanes: Lane[] = []
  const inputs: (SlotInputs | undefined)[] = []
  const [input] = graph.regions
  const width = input.kind === 'input' ? input.width : 0
  const slots = new Int32Array(width).fill(-1)
  const own = new Int32Array(width).fill(-1)
  blocks.forEach(({ start, count }, block) => {
    const { id } = addLane(lanes, { region: 0, source: undefined, block })
    for (let slot = start; slot < start + count; slot++) {
      slots[slot] = slot
      own[slot] = id
    }
  })
  inputs.push({ slots, lanes: own })
  for (let index = 1; index < graph.regions.length; index++) {
    const region = graph.regions[index]
    if (region.kind !== 'input') inputs.push(enter(region.inputs, { index, graph, inputs, lanes, width }))
  }
  return { lanes, inputs }
}

type Tracing = {
  readonly index: number
  readonly graph: RegionGraph
  readonly inputs: readonly (SlotInputs | undefined)[]
  readonly lanes: Lane[]
  readonly width: number
}

function enter(refs: readonly ColumnRef[], { index, graph, inputs, lanes, width }: Tracing): SlotInputs | undefined {
  const isOpen = graph.regions.map(keepsSlots)
  if (!refs.some(({ region, column }) => isOpen[region] && (inputs[region]?.slots[column] ?? -1) >= 0)) return undefined
  const slots = new Int32Array(refs.length).fill(-1)
  const own = new Int32Array(refs.length).fill(-1)
  /** By lane that they come from: how often each slot was there already, and the lanes of the first time, the second … */
  const sources = new Map<number, { readonly times: Uint16Array; readonly lanes: Lane[] }>()
  refs.forEach(({ region, column }, at) => {
    const from = isOpen[region] ? inputs[region] : undefined
    const slot = from?.slots[column] ?? -1
    if (from === undefined || slot < 0) return
    const id = from.lanes[column]
    const source = sources.get(id) ?? { times: new Uint16Array(width), lanes: [] }
    sources.set(id, source)
    const time = source.times[slot]++
    source.lanes[time] ??= addLane(lanes, { region: index, source: lanes[id], block: lanes[id].block })
    slots[at] = slot
    own[at] = source.lanes[time].id
  })
  return { slots, lanes: own }
}

function addLane(lanes: Lane[], lane: Omit<Lane, 'id'>): Lane {
  const made = { id: lanes.length, ...lane }
  lanes.push(made)
  return made
}

type SlotInput = { readonly index: number; readonly at: number; readonly slot: number; readonly lane: number }

/** One object for all calls: there are millions. */
export function eachInput(traced: Pick<SlotLanes, 'inputs'>, use: (input: SlotInput) => void): void {
  const input = { index: 0, at: 0, slot: 0, lane: 0 }
  for (let index = 1; index < traced.inputs.length; index++) {
    const inputs = traced.inputs[index]
    if (inputs === undefined) continue
    input.index = index
    for (let at = 0; at < inputs.slots.length; at++) {
      if (inputs.slots[at] < 0) continue
      input.at = at
      input.slot = inputs.slots[at]
      input.lane = inputs.lanes[at]
      use(input)
    }
  }
}
