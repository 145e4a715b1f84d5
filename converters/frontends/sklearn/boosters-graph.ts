// The source model of a booster and the columns that reach it in; its regions in the graph of the whole model out.

import type { FeatureSchema } from '../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import type { SourceModel } from '../source-model.ts'
import { appendRegions } from '../boosters/append-regions.ts'
import { withMissing } from './boosters-missing.ts'
import type { Column, ColumnSet } from './columns.ts'
import type { GraphBuilder } from './graph-builder.ts'
import { type Place, unsupported } from './place.ts'

type Context = {
  readonly builder: GraphBuilder
  readonly place: Place
  /** Numbers that the booster takes for missing, besides NaN. */
  readonly missing: readonly number[]
}

/**
 * Raw columns of the booster, which reads `input` in place of a row of its own.
 * @throws UNSUPPORTED where it has another number of features, or names categories of a column that became a number
 */
export function addBooster(source: SourceModel, input: ColumnSet, context: Context): ColumnRef[] {
  const { builder, place, missing } = context
  const { features } = source.schema
  if (features.length !== input.columns.length)
    throw unsupported(
      place,
      `a booster of ${features.length} features where ${input.columns.length} columns arrive`,
      'Save the fitted pipeline again.',
    )
  features.forEach((feature, i) => declare(feature, input.columns[i], context))
  const refs = input.columns.map((column, i) => categoryRef(features[i], column, builder))
  const { graph, inputs } =
    missing.length === 0 ? { graph: source.graph, inputs: refs } : withMissing(source, refs, { builder, missing })
  return appendRegions(graph, inputs, builder)
}

/** What the booster needs of the raw feature, where the column still is one. */
function declare(
  { name, dtype, categories, unknown, infinite }: FeatureSchema,
  column: Column,
  context: Context,
): void {
  const { builder, place, missing } = context
  if (dtype === 'string') {
    if (column.domain === 'feature') return builder.declareString(column, place)
    throw unsupported(
      place,
      `categories of feature ${JSON.stringify(name.slice(0, 60))} by name, after it became a number,`,
      'Pass the column through as it is, or train on its codes.',
    )
  }
  if (column.domain === 'number') return
  if (dtype === 'boolean') return builder.declareBoolean(column, place)
  builder.takeNumbers([column], place, { nan: true, infinite: infinite === true })
  if (categories === undefined) return
  builder.declareKeys(column, categories as readonly number[], unknown ?? 'ignored')
  for (const value of missing) builder.declareSentinel(column, value)
}

/** Texts have codes of the whole model, which may know others too; the booster reads its own. */
function categoryRef({ dtype, categories = [] }: FeatureSchema, column: Column, builder: GraphBuilder): ColumnRef {
  if (dtype !== 'string') return column.ref
  const keys = categories.map((text) => builder.codeOf(column, String(text)))
  if (keys.every((key, i) => key === i)) return column.ref
  const columns = [{ keys: [...keys, Number.NaN], values: [...keys.keys(), Number.NaN], unknownValue: -1 }]
  return { region: builder.add({ kind: 'ordinal', inputs: [column.ref], columns }), column: 0 }
}
