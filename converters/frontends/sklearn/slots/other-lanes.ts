// The lanes of slots that are not used by themselves in; what must be known of all of them together, lane by lane, out.

import type { OtherSlots } from '../../../../src/artifact/text-columns.ts'
import type { Region, RegionGraph } from '../../../../src/regions/region.ts'
import type { SlotsInUse } from './slots-in-use.ts'
import type { Lane, SlotLanes } from './slot-lanes.ts'

export type Measure = OtherSlots['by']

/** Of the slots of one lane together. */
export type OtherLane = {
  readonly value: OtherSlots['value']
  /** True where the lane begins anew with numbers of the input: what a region computes of each slot is no multiple of it. */
  readonly isFresh: boolean
  /** What each number is times behind the region. */
  readonly factor: number
  /** What must be known behind the region. */
  readonly needs: Set<Measure>
}

/** What is known of values that have been multiplied by one number each. */
type State = Pick<OtherLane, 'value' | 'isFresh' | 'factor'> & {
  readonly isCount: boolean
  readonly keepsSign: boolean
}

export type OtherLanes = {
  /** By lane; undefined where none of them enters. */
  readonly lanes: readonly (OtherLane | undefined)[]
  /** By block: what a reader of rows must tell. */
  readonly others: readonly (readonly OtherSlots[])[]
  /** By block, the kind of a region that does to each slot what a sum does not tell. */
  readonly brokenBy: readonly (string | undefined)[]
}

export function findOtherLanes(
  graph: RegionGraph,
  traced: SlotLanes,
  { usualInput, numbers }: SlotsInUse,
  blockCount: number,
): OtherLanes {
  const states: (State | undefined)[] = []
  const needs = traced.lanes.map(() => new Set<Measure>())
  const brokenBy = new Array<string | undefined>(blockCount).fill(undefined)
  for (const { id, region: index, source, block } of traced.lanes) {
    const before = source === undefined ? undefined : states[source.id]
    if (source === undefined) states.push(root)
    else if (before === undefined || usualInput[id] < 0) states.push(undefined)
    else {
      const after = behind(graph.regions[index], usualInput[id], before)
      if (after === undefined) brokenBy[block] ??= graph.regions[index].kind
      states.push(after)
    }
  }

  const found = new Map<string, OtherSlots & { readonly block: number }>()
  const ask = ({ block }: Lane, value: OtherSlots['value'], by: Measure): void =>
    void found.set(`${block} ${value} ${by}`, { block, value, by })
  for (const lane of traced.lanes.toReversed()) {
    const { id, region: index, source } = lane
    const state = states[id]
    if (state === undefined) continue
    if (source === undefined) {
      for (const by of needs[id]) ask(lane, 'count', by)
      continue
    }
    const region = graph.regions[index]
    const at = usualInput[id]
    if (region.kind === 'normalize') needs[source.id].add(region.norm)
    const own = numbers[index]
    if (isSum(region) && own !== undefined && hasWeight(own, at)) needs[source.id].add('sum')
    for (const by of needs[id]) {
      if (state.isFresh) ask(lane, state.value, by)
      else needs[source.id].add(by)
    }
  }
  return {
    lanes: states.map((state, id) => state && { ...state, needs: needs[id] }),
    others: brokenBy.map((_, block) =>
      [...found.values()].filter((each) => each.block === block).map(({ value, by }) => ({ value, by })),
    ),
    brokenBy,
  }
}

const root: State = { value: 'count', isFresh: false, factor: 1, isCount: true, keepsSign: true }

export function isSum(region: Region): boolean {
  return region.kind === 'linear' || region.kind === 'exact-linear' || region.kind === 'dense-chain'
}

function hasWeight({ values, width }: { readonly values: ArrayLike<number>; readonly width: number }, at: number) {
  for (let k = 0; k < width; k++) if (values[at * width + k] !== 0) return true
  return false
}

/** Undefined where what the region makes of each number is no multiple of it, nor of what a reader could count. */
function behind(region: Region, input: number, before: State): State | undefined {
  const times = (factor: number): State | undefined =>
    Number.isFinite(factor)
      ? { ...before, isFresh: false, factor, isCount: false, keepsSign: before.keepsSign && factor > 0 }
      : undefined
  switch (region.kind) {
    case 'normalize':
      return { ...before, isFresh: false, factor: 1, isCount: false }
    case 'scale': {
      const [first, second] = [region.first[input], region.second[input]]
      const isCentered = (region.form === 'subtract-divide' ? first : second) !== 0
      if (isCentered || region.clip !== undefined) return undefined
      return times(region.form === 'subtract-divide' ? 1 / second : first)
    }
    case 'impute':
      return Number.isNaN(region.missing[input]) ? times(1) : undefined
    case 'map': {
      const { name, settings } = region.functions[input]
      if (name === 'identity') return times(1)
      const isPositive = name === 'above' && settings[0] === 0 && before.value === 'count' && before.keepsSign
      return isPositive ? { ...root, value: 'positive', isFresh: true, isCount: false } : undefined
    }
    case 'term-weights': {
      const { values } = region.weights
      const factor = values.length === 0 ? 1 : values[input]
      if (!region.sublinear) return times(factor)
      return before.isCount ? { value: 'log', isFresh: true, factor, isCount: false, keepsSign: factor > 0 } : undefined
    }
    // what ends a lane gives no slots
    default:
      return { ...before, isFresh: false }
  }
}
