// Slots and the regions that they reach in; which of them a model treats otherwise than most, out.

import type { RegionGraph } from '../../../../src/regions/region.ts'
import { type ColumnNumbers, columnNumbers } from './column-numbers.ts'
import type { SlotBlock } from './slot-block.ts'
import { eachInput, keepsSlots, type SlotLanes } from './slot-lanes.ts'
import { usualSlots } from './usual-slots.ts'

export type SlotsInUse = {
  /** By column of region 0: 1 where the slot is needed by itself. */
  readonly isUsed: Uint8Array
  /** By lane: an input that stands for those of all slots that are not used; −1 where none of them enters. */
  readonly usualInput: Int32Array
  /** By block: what needs every slot by itself. */
  readonly neededBy: readonly (string | undefined)[]
  /** By region. */
  readonly numbers: readonly (ColumnNumbers | undefined)[]
}

/** Slots that no training text has touched have the same numbers everywhere: weights of 0, one idf, one probability. */
export function findSlotsInUse(
  graph: RegionGraph,
  blocks: readonly SlotBlock[],
  traced: SlotLanes,
  /** Whether all slots of a block are taken for used. */
  isWhole: (block: number) => boolean = () => false,
): SlotsInUse {
  const numbers = graph.regions.map((region, index) =>
    index === 0 || traced.inputs[index] === undefined ? undefined : columnNumbers(region),
  )
  const isUsed = new Uint8Array(traced.inputs[0]?.slots.length ?? 0)
  const neededBy = new Array<string | undefined>(blocks.length).fill(undefined)
  const take = (slot: number, by?: { readonly lane: number; readonly what: string }): void => {
    isUsed[slot] = 1
    if (by !== undefined) neededBy[traced.lanes[by.lane].block] ??= by.what
  }
  blocks.forEach(({ start, count }, block) => {
    if (isWhole(block)) isUsed.fill(1, start, start + count)
  })
  eachInput(traced, ({ index, at, slot, lane }) => {
    const own = numbers[index]
    const { kind } = graph.regions[index]
    if (own === undefined) take(slot, { lane, what: `a region of kind ${kind}` })
    else if (kind === 'split-trees' && own.values[at] === 1) take(slot)
  })
  for (const { region, column } of graph.output) {
    const inputs = keepsSlots(graph.regions[region]) ? traced.inputs[region] : undefined
    const slot = inputs?.slots[column] ?? -1
    if (inputs !== undefined && slot >= 0) take(slot, { lane: inputs.lanes[column], what: 'the answer' })
  }

  const usual = usualSlots(blocks, isUsed, { traced, numbers })
  const usualInput = new Int32Array(traced.lanes.length).fill(-1)
  eachInput(traced, ({ at, slot, lane }) => {
    if (usual[traced.lanes[lane].block] === slot) usualInput[lane] = at
  })
  markUnusual(traced, usual, { isUsed, usualInput, numbers })
  blocks.forEach(({ start, count }, block) => {
    if (!isUsed.subarray(start, start + count).includes(1)) isUsed[usual[block]] = 1
  })
  // no region may be left without inputs, and its first one is a slot like most
  for (const inputs of traced.inputs.slice(1))
    if (inputs?.slots.every((slot) => slot >= 0 && isUsed[slot] === 0) === true)
      isUsed[usual[traced.lanes[inputs.lanes[0]].block]] = 1
  return { isUsed, usualInput, neededBy, numbers }
}

/** Exactly, whatever two slots share by their fingerprints. */
function markUnusual(
  traced: SlotLanes,
  usual: readonly number[],
  { isUsed, usualInput, numbers }: Pick<SlotsInUse, 'isUsed' | 'usualInput' | 'numbers'>,
): void {
  const entries = new Uint16Array(isUsed.length)
  eachInput(traced, ({ index, at, slot, lane }) => {
    entries[slot]++
    const own = numbers[index]
    const other = usualInput[lane]
    if (own !== undefined && (other < 0 || !areSame(own, at, other))) isUsed[slot] = 1
  })
  traced.inputs[0]?.slots.forEach((slot, column) => {
    if (slot < 0) return
    const { block } = traced.lanes[traced.inputs[0]?.lanes[column] ?? 0]
    if (usual[block] < 0 || entries[slot] !== entries[usual[block]]) isUsed[slot] = 1
  })
}

function areSame({ values, width }: ColumnNumbers, first: number, second: number): boolean {
  for (let k = 0; k < width; k++) {
    const [a, b] = [values[first * width + k], values[second * width + k]]
    // NaN, which stands for missing, is the same as itself
    if (a !== b && !(Number.isNaN(a) && Number.isNaN(b))) return false
  }
  return true
}
