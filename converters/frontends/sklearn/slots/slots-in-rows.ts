// The features and the graph of a model whose hashers have very many columns in; those with the slots in use out.

import type { DictReading, FeatureSchema } from '../../../../src/artifact/schema.ts'
import { mostTextColumns, type OtherSlots, type TextColumns } from '../../../../src/artifact/text-columns.ts'
import { createError } from '../../../../src/errors.ts'
import type { ColumnRef, RegionGraph } from '../../../../src/regions/region.ts'
import { slotName } from '../../../../src/rows/text/slot-places.ts'
import { type Feature, toSchema } from '../feature-record.ts'
import { describePlace } from '../place.ts'
import { narrowSlots, type NarrowInput } from './narrow-slots.ts'
import { findOtherLanes } from './other-lanes.ts'
import { findSlotsInUse } from './slots-in-use.ts'
import type { SlotBlock } from './slot-block.ts'
import { traceSlots } from './slot-lanes.ts'

export type SlotSource = {
  readonly graph: RegionGraph
  /** By column of the input. */
  readonly records: readonly Feature[]
  readonly blocks: readonly SlotBlock[]
  readonly dict: DictReading | undefined
}

type RowsOfSlots = {
  readonly graph: RegionGraph
  readonly features: readonly FeatureSchema[]
  readonly dict: DictReading | undefined
}

/**
 * Most slots were touched by no training text, so all of them have the same weights. Those are not read one by one: where
 * their weights are 0 they need not be known, and where not, their sum is; a norm over them needs theirs.
 * @throws LIMIT_EXCEEDED where too many are needed by themselves; UNSUPPORTED where their sums do not tell enough
 */
export function slotsInRows({ graph, records, blocks, dict }: SlotSource): RowsOfSlots {
  const traced = traceSlots(graph, blocks)
  let inUse = findSlotsInUse(graph, blocks, traced)
  let other = findOtherLanes(graph, traced, inUse, blocks.length)
  if (other.brokenBy.some((kind) => kind !== undefined)) {
    // rows hold all columns of those that are not too wide
    const isWhole = (at: number): boolean => other.brokenBy[at] !== undefined && blocks[at].count <= mostTextColumns
    inUse = findSlotsInUse(graph, blocks, traced, isWhole)
    other = findOtherLanes(graph, traced, inUse, blocks.length)
  }
  blocks.forEach((block, at) => {
    const needed = inUse.neededBy[at]
    const used = inUse.isUsed.subarray(block.start, block.start + block.count).reduce((sum, is) => sum + is, 0)
    if (used > mostTextColumns) throw tooManyInUse(block, used, needed)
  })
  blocks.forEach((block, at) => {
    const kind = other.brokenBy[at]
    if (kind !== undefined) throw notTogether(block, kind)
  })
  const narrow = narrowSlots(graph, { blocks, traced, inUse, other })
  const given = records.reduce((sum, { of }) => sum + (of === undefined && dict === undefined ? 1 : 0), 0)
  const termCount = narrow.input.columns.length - given
  if (termCount > mostTextColumns) throw tooManyInUse(blocks[0], termCount, undefined)
  const [only] = narrow.input.blocks
  return {
    graph: narrow.graph,
    features: featuresOf(records, blocks, narrow),
    dict: dict?.hashed && {
      ...dict,
      hashed: { ...dict.hashed, slots: { of: blocks[0].count, others: only.others } },
    },
  }
}

function featuresOf(
  records: readonly Feature[],
  blocks: readonly SlotBlock[],
  { graph, input }: { readonly graph: RegionGraph; readonly input: NarrowInput },
): readonly FeatureSchema[] {
  const isRead = readColumns(graph)
  const features: FeatureSchema[] = []
  const blockAt = new Map(input.blocks.map(({ start }, at) => [start, at]))
  while (features.length < input.columns.length) {
    const block = blockAt.get(features.length)
    const column = input.columns[features.length]
    if (block === undefined) {
      features.push(toSchema(withNewTexts(records[column], column, blocks, input), isRead.has(features.length)))
      continue
    }
    const { start, slotCount, others } = input.blocks[block]
    const prefix = prefixOf(records, blocks[block])
    const record = records[blocks[block].start]
    const names = [
      ...Array.from(input.columns.subarray(start, start + slotCount), (slot) =>
        slotName(prefix, slot - blocks[block].start),
      ),
      ...others.map((each) => `${prefix}#${describeOther(each)}`),
    ]
    for (const name of names) features.push(toSchema({ ...record, name }, true))
  }
  return features
}

/** Where the texts of a feature are counted now. */
function withNewTexts(record: Feature, number: number, blocks: readonly SlotBlock[], input: NarrowInput): Feature {
  if (record.texts.length === 0) return record
  const texts = record.texts.map((columns, reader): TextColumns => {
    const at = blocks.findIndex(({ text }) => text?.feature === number && text.reader === reader)
    if (at < 0) return { ...columns, start: input.columns.indexOf(columns.start) }
    const { start, slotCount, others } = input.blocks[at]
    const { count: of, signed } = blocks[at]
    const prefix = prefixOfText(record.name, reader)
    const terms = { kind: 'slots', signed, prefix, slots: { of, others } } as const
    return { ...columns, start, count: slotCount + others.length, terms }
  })
  return { ...record, texts }
}

function prefixOf(records: readonly Feature[], { text }: SlotBlock): string {
  return text === undefined ? '' : prefixOfText(records[text.feature].name, text.reader)
}

function prefixOfText(name: string, reader: number): string {
  return reader === 0 ? `${name}: ` : `${name} (${reader + 1}): `
}

const spokenValue = { count: 'values', log: 'logarithms', positive: 'values above 0' } as const
const spokenMeasure = { sum: 'sum', l1: 'l1 norm', l2: 'l2 norm', max: 'largest size' } as const

/** `others (l2 norm of values)`, behind what names of slots begin with. */
function describeOther({ value, by }: OtherSlots): string {
  return `others (${spokenMeasure[by]} of ${spokenValue[value]})`
}

function readColumns(graph: RegionGraph): ReadonlySet<number> {
  const read = new Set<number>()
  const note = (refs: readonly ColumnRef[]): void => {
    for (const { region, column } of refs) if (region === 0) read.add(column)
  }
  for (const region of graph.regions) if (region.kind !== 'input') note(region.inputs)
  note(graph.output)
  return read
}

const waysOut =
  'fit it with n_features=2**17, or fewer, or put SelectKBest, SelectFromModel or a model that leaves most weights at 0 behind it.'

function tooManyInUse({ count, place }: SlotBlock, used: number, neededBy: string | undefined): Error {
  const why =
    neededBy === undefined
      ? `${used} of its ${count} columns have weights of their own`
      : `${neededBy} needs its ${count} columns one by one`
  return createError(
    'LIMIT_EXCEEDED',
    `${describePlace(place)}: ${why}, more than the limit of ${mostTextColumns}, since rows would hold all of them; ` +
      (neededBy === 'the answer' ? `end the pipeline with a model, or ${waysOut}` : waysOut),
  )
}

function notTogether({ count, place }: SlotBlock, kind: string): Error {
  return createError(
    'UNSUPPORTED',
    `${describePlace(place)}: a step of kind ${kind} behind its ${count} columns is not supported: what it makes of columns that no ` +
      `training text touched cannot be told from their sum; ${waysOut}`,
  )
}
