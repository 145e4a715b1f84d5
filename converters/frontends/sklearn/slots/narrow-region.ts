// A region that slots enter in; the same of the slots in use, and of what the others are together, out.

import type { OtherSlots } from '../../../../src/artifact/text-columns.ts'
import { exactTable, type Table } from '../../../../src/regions/formula/table.ts'
import type { ColumnRef, Input, Region } from '../../../../src/regions/region.ts'
import type { Measure, OtherLane } from './other-lanes.ts'
import type { Lane } from './slot-lanes.ts'

export type Made = Exclude<Region, Input>

type EnteringLane = OtherLane & { readonly lane: Lane; readonly source: Lane; readonly usual: number }

export type NarrowContext = {
  /** Inputs of the whole region that stay, and where they are. */
  readonly kept: readonly number[]
  readonly inputs: readonly ColumnRef[]
  readonly lanes: readonly EnteringLane[]
  /** Number of the region. */
  readonly add: (region: Made) => number
  /** Where it is told what the others of a lane are. */
  readonly otherOf: (lane: Lane, by: Measure) => ColumnRef
  readonly freshOf: (lane: Lane, value: OtherSlots['value'], by: Measure) => ColumnRef
}

export type Narrowed = {
  readonly place: number
  /** What is told of the others behind the region. */
  readonly others: readonly { readonly lane: Lane; readonly by: Measure; readonly ref: ColumnRef }[]
}

/** One more input of a region, which has the numbers of input `usual`. */
type More = { readonly lane: Lane; readonly by: Measure; readonly ref: ColumnRef; readonly usual: number }

export function narrowRegion(region: Made, context: NarrowContext): Narrowed {
  switch (region.kind) {
    case 'normalize':
      return narrowNorm(region, context)
    case 'scale':
    case 'impute':
    case 'map':
    case 'term-weights':
      return narrowColumns(region, context)
    case 'linear':
    case 'exact-linear':
    case 'dense-chain': {
      const more = context.lanes.flatMap(({ lane, source, usual }): More[] => {
        const { values, columns } = weightsOf(region)
        const isZero = values.subarray(usual * columns, (usual + 1) * columns).every((weight) => weight === 0)
        return isZero ? [] : [{ lane, by: 'sum', usual, ref: context.otherOf(source, 'sum') }]
      })
      return { place: context.add(narrowSum(region, context, more)), others: [] }
    }
    case 'split-trees': {
      const places = new Map(context.kept.map((at, place) => [at, place]))
      const feature = region.feature.map((input, node) => (region.jump[node] === 0 ? 0 : (places.get(input) ?? -1)))
      return { place: context.add({ ...region, inputs: context.inputs, feature }), others: [] }
    }
    default:
      return { place: context.add({ ...region, inputs: context.inputs }), others: [] }
  }
}

type Sum = Extract<Region, { kind: 'linear' | 'exact-linear' | 'dense-chain' }>

function weightsOf(region: Sum): Pick<Table, 'values' | 'columns'> {
  if (region.kind === 'linear') return region.weights
  if (region.kind === 'exact-linear') return region.weights.exact
  const [{ weights, outputWidth }] = region.layers
  return { values: weights, columns: outputWidth }
}

function narrowSum(region: Sum, { kept, inputs }: NarrowContext, more: readonly More[]): Made {
  const { values, columns: width } = weightsOf(region)
  const rows = [...kept, ...more.map(({ usual }) => usual)]
  const weights = new Float64Array(rows.length * width)
  rows.forEach((row, at) => weights.set(values.subarray(row * width, (row + 1) * width), at * width))
  const all = [...inputs, ...more.map(({ ref }) => ref)]
  if (region.kind === 'linear') return { ...region, inputs: all, weights: exactTable(weights, width) }
  if (region.kind === 'exact-linear') return { ...region, inputs: all, weights: { exact: exactTable(weights, width) } }
  const [first, ...layers] = region.layers
  return { ...region, inputs: all, layers: [{ ...first, inputWidth: all.length, weights }, ...layers] }
}

/** The norm of the others counts as one column; whatever else is told of them is only divided. */
function narrowNorm(
  region: Extract<Region, { kind: 'normalize' }>,
  { inputs, lanes, add, otherOf }: NarrowContext,
): Narrowed {
  const told = (isCounted: boolean): More[] =>
    lanes.flatMap(({ lane, source, usual, needs }) =>
      [...new Set([region.norm, ...needs])]
        .filter((by) => (by === region.norm) === isCounted)
        .map((by) => ({ lane, by, usual, ref: otherOf(source, by) })),
    )
  const [counted, carried] = [told(true), told(false)]
  const all = [...inputs, ...[...counted, ...carried].map(({ ref }) => ref)]
  const place = add(
    carried.length === 0
      ? { ...region, inputs: all }
      : { ...region, kind: 'normalize-by', inputs: all, counted: inputs.length + counted.length },
  )
  return { place, others: behind([...counted, ...carried], place, inputs.length) }
}

type Columnwise = Extract<Region, { kind: 'scale' | 'impute' | 'map' | 'term-weights' }>

function narrowColumns(region: Columnwise, context: NarrowContext): Narrowed {
  const { inputs, kept, lanes, add, otherOf, freshOf } = context
  const more = lanes.flatMap(({ lane, source, usual, needs, isFresh }): More[] =>
    isFresh ? [] : [...needs].map((by) => ({ lane, by, usual, ref: otherOf(source, by) })),
  )
  const place = add(withColumns(region, kept, inputs, more))
  const fresh = lanes.flatMap(({ lane, needs, isFresh, value, factor }) => {
    if (!isFresh || needs.size === 0) return []
    const told = [...needs].map((by) => ({ lane, by, usual: 0, ref: freshOf(lane, value, by) }))
    if (factor === 1) return told
    const first = told.map(({ by }) => signed(factor, by))
    const refs = told.map(({ ref }) => ref)
    const times = add({ kind: 'scale', inputs: refs, form: 'multiply-add', first, second: first.map(() => 0) })
    return behind(told, times, 0)
  })
  return { place, others: [...behind(more, place, inputs.length), ...fresh] }
}

/** A norm is times the size of what each number is times. */
function signed(factor: number, by: Measure): number {
  return by === 'sum' ? factor : Math.abs(factor)
}

function withColumns(
  region: Columnwise,
  kept: readonly number[],
  own: readonly ColumnRef[],
  more: readonly More[],
): Made {
  const inputs = [...own, ...more.map(({ ref }) => ref)]
  const pick = <Item>(items: readonly Item[], ofMore = (item: Item, _: Measure): Item => item): Item[] => [
    ...kept.map((at) => items[at]),
    ...more.map(({ usual, by }) => ofMore(items[usual], by)),
  ]
  switch (region.kind) {
    case 'scale':
      return { ...region, inputs, first: pick(region.first, signed), second: pick(region.second, signed) }
    case 'impute':
      return { ...region, inputs, missing: pick(region.missing), fill: pick(region.fill) }
    case 'map':
      return { ...region, inputs, functions: pick(region.functions) }
    case 'term-weights': {
      const { values } = region.weights
      if (values.length === 0) return { ...region, inputs }
      return { ...region, inputs, weights: exactTable(Float64Array.from(pick([...values], signed)), inputs.length) }
    }
  }
}

function behind(more: readonly More[], region: number, first: number): Narrowed['others'] {
  return more.map(({ lane, by }, i) => ({ lane, by, ref: { region, column: first + i } }))
}
