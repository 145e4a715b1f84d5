// A region graph and the columns that a stage reads in, the steps that make these columns out, grouped so that one loop runs a group.

import { createError } from '../../../errors.ts'
import type { ColumnRef } from '../../../regions/column-ref.ts'
import { oneHotPosition } from '../../../regions/one-hot.ts'
import type { RankColumn } from '../../../regions/ranks.ts'
import type { RegionGraph } from '../../../regions/region.ts'

export type Operation =
  | { readonly kind: 'copy' }
  | { readonly kind: 'impute'; readonly missing: number; readonly fill: number }
  | { readonly kind: 'indicator'; readonly missing: number }
  | {
      readonly kind: 'subtract-divide' | 'multiply-add'
      readonly first: number
      readonly second: number
      readonly clip?: readonly [number, number]
    }
  | ({ readonly kind: 'table' } & KeyResults)
  | { readonly kind: 'rank'; readonly column: RankColumn }
  /** Sets one of the zeroed columns from `target` on: results count from there, −1 none. */
  | ({ readonly kind: 'set-one' } & KeyResults)

export type KeyResults = {
  readonly keys: readonly number[]
  readonly results: readonly number[]
  readonly otherwise: number
}

export type Step = {
  /** Feature of the row, or slot of the scratch values. */
  readonly source: number
  /** Column of the block, or slot of the scratch values. */
  readonly target: number
  readonly operation: Operation
}

/** Steps of one kind that do not depend on each other. */
export type StepGroup = {
  readonly kind: Operation['kind']
  readonly source: 'row' | 'scratch'
  readonly target: 'block' | 'scratch'
  readonly steps: readonly Step[]
}

export type ColumnRun = { readonly start: number; readonly length: number }

export type EncodePlan = {
  readonly rowWidth: number
  readonly width: number
  /** In an order in which they may run. */
  readonly groups: readonly StepGroup[]
  readonly scratchSlots: number
  /** Columns that must be 0 before the groups run. */
  readonly zeros: readonly ColumnRun[]
}

/** A step before its scratch slots have numbers: those of one group must follow each other. */
type Node = { readonly source: Node | number; readonly operation: Operation; readonly depth: number; target: number }

/** @throws UNSUPPORTED where a column comes from trees or layers */
export function planEncode(graph: RegionGraph, columns: readonly ColumnRef[]): EncodePlan {
  const input = graph.regions[0]
  if (input?.kind !== 'input') throw createError('VALIDATION_FAILED', 'region 0 of the graph is not its input')
  const shared = new Map<string, Node>()
  const zeros: { start: number; length: number }[] = []

  function createNode(source: Node | number, operation: Operation, target = -1): Node {
    return { source, operation, depth: typeof source === 'number' ? 1 : source.depth + 1, target }
  }

  function share(key: string, create: () => Node): Node {
    const found = shared.get(key) ?? create()
    shared.set(key, found)
    return found
  }

  /** What a later step reads: a feature of the row, or a node that keeps its value. */
  function valueOf(ref: ColumnRef): Node | number {
    const region = graph.regions[ref.region]
    if (region.kind === 'input') return ref.column
    return share(`${ref.region}:${ref.column}`, () => lastNode(ref))
  }

  /** The node that gives column `ref` itself. */
  function lastNode(ref: ColumnRef, target?: number): Node {
    const region = graph.regions[ref.region]
    if (region.kind === 'input') return createNode(ref.column, { kind: 'copy' }, target)
    if (region.kind !== 'one-hot') return createNode(valueOf(sourceOf(graph, ref)), operationOf(graph, ref), target)
    const { input: block, slot } = oneHotPosition(region, ref.column)
    const { keys, slots, unknownSlot } = region.columns[block]
    const slotNode = share(`slot of ${ref.region}:${block}`, () =>
      createNode(valueOf(region.inputs[block]), { kind: 'table', keys, results: slots, otherwise: unknownSlot }),
    )
    return createNode(slotNode, { kind: 'indicator', missing: slot }, target)
  }

  const finals: Node[] = []
  for (let at = 0; at < columns.length; ) {
    const block = oneHotRun(graph, columns, at)
    if (block === undefined) {
      finals.push(lastNode(columns[at], at))
      at++
      continue
    }
    finals.push(createNode(valueOf(block.source), { kind: 'set-one', ...block.results }, at))
    const last = zeros.at(-1)
    if (last !== undefined && last.start + last.length === at) last.length += block.length
    else zeros.push({ start: at, length: block.length })
    at += block.length
  }
  const inner = [...shared.values()]
  const groups = [...groupNodes(inner, 'scratch'), ...groupNodes(finals, 'block')].sort((a, b) => a.depth - b.depth)
  return { rowWidth: input.width, width: columns.length, groups, scratchSlots: inner.length, zeros }
}

function groupNodes(nodes: readonly Node[], target: StepGroup['target']): readonly (StepGroup & { depth: number })[] {
  const groups = new Map<string, Node[]>()
  for (const node of nodes) {
    const key = `${node.depth}:${node.operation.kind}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [node])
    else group.push(node)
  }
  let slots = 0
  if (target === 'scratch') for (const group of groups.values()) for (const node of group) node.target = slots++
  return [...groups.values()].map((group) => ({
    depth: group[0].depth,
    kind: group[0].operation.kind,
    source: group[0].depth === 1 ? 'row' : 'scratch',
    target,
    get steps() {
      return group.map(({ source, target: place, operation }) => ({
        source: typeof source === 'number' ? source : source.target,
        target: place,
        operation,
      }))
    },
  }))
}

function sourceOf(graph: RegionGraph, { region: number, column }: ColumnRef): ColumnRef {
  const region = graph.regions[number]
  if (region.kind === 'input') throw new RangeError('the input has no source')
  return region.inputs[column]
}

function operationOf(graph: RegionGraph, { region: number, column }: ColumnRef): Operation {
  const region = graph.regions[number]
  switch (region.kind) {
    case 'impute':
      return { kind: 'impute', missing: region.missing[column], fill: region.fill[column] }
    case 'indicator':
      return { kind: 'indicator', missing: region.missing[column] }
    case 'scale': {
      const { form, first, second, clip } = region
      return { kind: form, first: first[column], second: second[column], clip }
    }
    case 'ordinal': {
      const { keys, values, unknownValue } = region.columns[column]
      return { kind: 'table', keys, results: values, otherwise: unknownValue }
    }
    case 'ranks': {
      const ranks = region.columns[column]
      if (ranks.kind === 'rank') return { kind: 'rank', column: ranks }
      return { kind: 'table', keys: ranks.keys, results: ranks.bits, otherwise: ranks.unknownBit }
    }
    default:
      throw createError(
        'UNSUPPORTED',
        `a kernel computes column-wise regions before its trees or layers, and column ${column} comes from region ${number} (${region.kind}); serve this model from its graph`,
        { details: { region: number, column } },
      )
  }
}

/** Neighbouring columns of one one-hot block, however many of its slots they are, are written together. */
function oneHotRun(graph: RegionGraph, columns: readonly ColumnRef[], start: number) {
  const first = columns[start]
  const region = graph.regions[first.region]
  if (region.kind !== 'one-hot') return undefined
  const { input: block, slot: firstSlot } = oneHotPosition(region, first.column)
  const { keys, slots, unknownSlot, width } = region.columns[block]
  const blockStart = first.column - firstSlot
  const target = new Int32Array(width).fill(-1)
  let length = 0
  for (; start + length < columns.length; length++) {
    const next = columns[start + length]
    const slot = next.column - blockStart
    if (next.region !== first.region || !(slot >= 0 && slot < width) || target[slot] !== -1) break
    target[slot] = length
  }
  const placeOf = (slot: number): number => (slot < 0 ? -1 : target[slot])
  const results: KeyResults = { keys, results: slots.map(placeOf), otherwise: placeOf(unknownSlot) }
  return { length, source: region.inputs[block], results }
}
