// Declarations and regions in, as estimators make them; the schema's features and the region graph out.

import type { DictReading, FeatureSchema } from '../../../src/artifact/schema.ts'
import { mostTextColumns } from '../../../src/artifact/text-columns.ts'
import { createError } from '../../../src/errors.ts'
import { exactTable } from '../../../src/regions/formula/table.ts'
import type { ColumnRef, Region, RegionGraph } from '../../../src/regions/region.ts'
import { regionWidth } from '../../../src/rows/row-program.ts'
import { createColumnBudget } from './column-budget.ts'
import type { Column, ColumnSet } from './columns.ts'
import {
  type Counting,
  type Feature,
  newFeature,
  slotFeature,
  termCount,
  termFeatures,
  tooManyTerms,
  toSchema,
} from './feature-record.ts'
import { describePlace, type Place, unsupported } from './place.ts'
import { assertSlotCount, fewestSlots, type SlotBlock } from './slots/slot-block.ts'

export class GraphBuilder {
  readonly #features: Feature[]
  readonly #regions: Region[]
  #dict: DictReading | undefined
  readonly #slotBlocks: SlotBlock[] = []
  readonly #budget = createColumnBudget()
  readonly #visited = new Map<string, WeakSet<readonly Column[]>>()

  constructor(names: readonly string[]) {
    this.#features = names.map((name) => newFeature(name))
    this.#regions = [{ kind: 'input', width: names.length }]
  }

  input(): ColumnSet {
    const columns = this.#features.map(({ name }, column): Column => {
      return { ref: { region: 0, column }, name, feature: column, domain: 'feature', missing: Number.NaN }
    })
    return { columns, isSparse: false }
  }

  /**
   * The feature is a text; columns that count its terms, one a name, or `names` of them where they are counted by hash.
   * @throws LIMIT_EXCEEDED
   */
  countTerms(column: Column, counting: Counting, place: Place): ColumnSet {
    const feature = this.#featureOf(column)
    this.declareText(column, place)
    const number = this.#features.indexOf(feature)
    const start = this.#features.length
    const count = termCount(counting.names)
    if (typeof counting.names === 'number' && count > fewestSlots) {
      const { texts } = termFeatures({ ...counting, names: [] }, feature, { number, start })
      feature.texts.push({ ...texts, count })
      const text = { feature: number, reader: feature.texts.length - 1 }
      return this.addSlots(count, { signed: counting.signed === true, text, place })
    }
    const slotCount = this.#slotBlocks.reduce((sum, block) => sum + block.count, 0)
    const termsBefore = this.#features.reduce((sum, { of }) => sum + (of === undefined ? 0 : 1), 0)
    const columnCount = termsBefore - slotCount + count
    if (columnCount > mostTextColumns) throw tooManyTerms(place, columnCount)
    const { texts, features } = termFeatures(counting, feature, { number, start })
    for (const term of features) this.#features.push(term)
    feature.texts.push(texts)
    const columns = features.map((_, i): Column => {
      return { ref: { region: 0, column: start + i }, feature: start + i, domain: 'number', missing: Number.NaN }
    })
    this.#regions[0] = { kind: 'input', width: this.#features.length }
    return { columns, isSparse: true }
  }

  /** Columns of a hasher of so many that only those in use become features. @throws LIMIT_EXCEEDED */
  addSlots(count: number, { signed, text, place }: Pick<SlotBlock, 'signed' | 'text' | 'place'>): ColumnSet {
    const start = this.#features.length
    this.#slotBlocks.push({ start, count, signed, ...(text && { text }), place })
    assertSlotCount(this.#slotBlocks)
    const slot = slotFeature(text?.feature)
    const columns: Column[] = []
    for (let column = start; column < start + count; column++) {
      this.#features.push(slot)
      columns.push({ ref: { region: 0, column }, feature: column, domain: 'number', missing: Number.NaN })
    }
    this.#regions[0] = { kind: 'input', width: this.#features.length }
    return { columns, isSparse: true }
  }

  get slotBlocks(): readonly SlotBlock[] {
    return this.#slotBlocks
  }

  /** By column of the input; slots of one hasher share one. */
  get records(): readonly Feature[] {
    return this.#features
  }

  /** Rows are dicts of any keys; nothing is missing where a key is not there. */
  readDicts(reading: DictReading): void {
    this.#dict = reading
  }

  get dict(): DictReading | undefined {
    return this.#dict
  }

  nameOf(column: Column): string {
    return column.feature === undefined ? 'a computed column' : this.#features[column.feature].name
  }

  /** Number of the region. @throws LIMIT_EXCEEDED */
  add(region: Region): number {
    this.#budget(region)
    return this.#regions.push(region) - 1
  }

  /** What made a column. */
  kindOf({ region }: ColumnRef): Region['kind'] {
    return this.#regions[region].kind
  }

  /** A linear model becomes a formula: one of many that read each other is no model whose layers are stored by themselves. */
  addInFloat64({ region: index }: ColumnRef): void {
    const region = this.#regions[index]
    if (region.kind !== 'dense-chain' || region.layers.length > 1 || region.layers[0].activation !== 'identity') return
    const [{ weights, bias, outputWidth }] = region.layers
    const tables = { weights: exactTable(weights, outputWidth), bias: exactTable(bias, outputWidth) }
    this.#regions[index] = { kind: 'linear', inputs: region.inputs, ...tables }
  }

  /** The feature must be text from here on. */
  declareString(column: Column, place: Place): void {
    this.#declare(column, 'string', place)
  }

  /** The feature must be a whole text; without one there is nothing to count. */
  declareText(column: Column, place: Place): void {
    this.#declare(column, 'text', place)
    this.refuseMissing(column)
  }

  declareBoolean(column: Column, place: Place): void {
    this.#declare(column, 'boolean', place)
  }

  declareNumber(column: Column, place: Place): void {
    this.#declare(column, 'number', place)
  }

  /** Index of a text among the categories of its feature; given on first sight. */
  codeOf(column: Column, text: string): number {
    const { codes } = this.#featureOf(column)
    const code = codes.get(text) ?? codes.size
    codes.set(text, code)
    return code
  }

  /** An encoder knows these numbers of the feature, and what it does with others. */
  declareKeys(column: Column, keys: Iterable<number>, unknown: 'ignored' | 'error'): void {
    if (column.feature === undefined) return
    const feature = this.#features[column.feature]
    for (const key of keys) if (!Number.isNaN(key)) feature.keys.add(key)
    if (feature.unknown !== 'error') feature.unknown = unknown
  }

  /** A number that stands for missing must stay writable, even where categories are listed. */
  declareSentinel(column: Column, sentinel: number): void {
    if (column.feature !== undefined) this.#features[column.feature].sentinels.add(sentinel)
  }

  /** Says what a step does with NaN and ±Infinity in `columns`, and that it reads them as numbers. */
  takeNumbers(columns: readonly Column[], place: Place, takes: { nan: boolean; infinite: boolean }): void {
    for (const column of columns) {
      if (column.domain === 'feature') this.declareNumber(column, place)
      if (!takes.nan) this.refuseMissing(column)
      if (!takes.infinite) this.refuseInfinite(column)
    }
  }

  /** A step fails on NaN: rows where it would arrive there are refused. */
  refuseMissing(column: Column): void {
    if (!Number.isNaN(column.missing)) return
    this.#eachOrigin(column, (origin) => this.refuseMissing(origin), 'missing')
    if (column.feature !== undefined) this.#features[column.feature].isMissingRefused = true
  }

  /** A step fails on what a missing value has become by then. */
  refuseMissingValue(column: Column): void {
    this.#eachOrigin(column, (origin) => this.refuseMissingValue(origin), 'missing value')
    if (column.feature !== undefined) this.#features[column.feature].isMissingRefused = true
  }

  refuseInfinite(column: Column): void {
    this.#eachOrigin(column, (origin) => this.refuseInfinite(origin), 'infinite')
    if (column.feature !== undefined) this.#features[column.feature].isInfiniteRefused = true
  }

  /**
   * A region that computes `width` numbers from `sources`, in the order of `region.inputs`; its columns.
   * @param missing what each column holds where a source is missing: NaN (the default) passes it on
   */
  compute(region: Exclude<Region, { kind: 'input' }>, sources: readonly Column[], missing = Number.NaN): Column[] {
    const number = this.add(region)
    return Array.from({ length: regionWidth(region) }, (_, column): Column => {
      return { ref: { region: number, column }, feature: undefined, from: sources, domain: 'number', missing }
    })
  }

  /** Each list of sources once for each `purpose`: columns of one region share it. */
  #eachOrigin({ from }: Column, use: (origin: Column) => void, purpose: string): void {
    if (from === undefined) return
    const done = this.#visited.get(purpose) ?? new WeakSet()
    this.#visited.set(purpose, done)
    if (done.has(from)) return
    done.add(from)
    from.forEach(use)
  }

  #featureOf(column: Column): Feature {
    if (column.feature !== undefined) return this.#features[column.feature]
    throw createError(
      'UNSUPPORTED',
      'A computed column cannot be read as text; encode texts before computing with them.',
    )
  }

  graph(output: readonly ColumnRef[]): RegionGraph {
    return { regions: this.#regions, output }
  }

  features(output: readonly ColumnRef[]): FeatureSchema[] {
    const used = new Set<number>()
    const note = (refs: readonly ColumnRef[]): void => {
      for (const { region, column } of refs) if (region === 0) used.add(column)
    }
    for (const region of this.#regions) if (region.kind !== 'input') note(region.inputs)
    note(output)
    return this.#features.map((feature, i) => toSchema(feature, used.has(i)))
  }

  #declare(column: Column, dtype: FeatureSchema['dtype'], place: Place): void {
    const feature = this.#featureOf(column)
    const known = feature.dtype
    const by = describePlace(place)
    if (column.domain === 'number' && dtype !== 'number') {
      throw unsupported(
        place,
        `reading column ${JSON.stringify(feature.name)} as categories of type ${dtype} after it became a number`,
        'Encode the column before it is scaled or encoded otherwise.',
      )
    }
    if (known === undefined || known === dtype || (known === 'number' && dtype === 'boolean')) {
      feature.dtype = dtype
      feature.dtypeBy = by
    } else if (known === 'string' || dtype === 'string' || known === 'text' || dtype === 'text') {
      throw unsupported(
        place,
        `column ${JSON.stringify(feature.name)} as ${dtype}, which ${feature.dtypeBy} reads as ${known},`,
        'A text column must be encoded (OneHotEncoder, OrdinalEncoder) before numeric steps read it.',
      )
    }
  }
}
