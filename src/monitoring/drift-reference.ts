// Rows and predictions of a time when all was well in; a plain JSON summary to compare later windows with out.

import type { Scalar } from '../artifact/schema.ts'
import type { Prediction, Row } from '../rows/prediction.ts'
import { wrongOption } from '../runtime/known-options.ts'
import { categoryIn, type DriftFeature, isMissing, numberIn, readPrediction, valueIn } from './drift-reading.ts'
import { stableHash } from './stable-hash.ts'

type ValueType = NonNullable<DriftFeature['dtype']>

/** Values of a column. */
export type ReferenceColumn =
  | {
      readonly name: string
      readonly kind: 'number'
      /** Rising, without missing ones. */
      readonly sample: readonly number[]
      readonly missing: number
    }
  | {
      readonly name: string
      readonly kind: 'category'
      readonly dtype: ValueType
      /** Those that the schema names, or the most frequent ones. */
      readonly categories: readonly Scalar[]
      readonly counts: readonly number[]
      /** Rows of all other categories, those of one bucket of their `stableHash` together. */
      readonly otherCounts: readonly number[]
      readonly missing: number
    }

/** Plain JSON: keep it beside the model, or in its training record. */
export type DriftReference = {
  readonly formatVersion: 1
  readonly rowCount: number
  readonly features: readonly ReferenceColumn[]
  readonly prediction?: ReferenceColumn
  readonly confidence?: ReferenceColumn
}

/** Rows that are as they should be: those trained on, or a good week. */
export type ReferenceOptions = {
  readonly rows: readonly Row[]
  /** What the model answered for them, where predictions are to be watched too. */
  readonly predictions?: readonly Prediction[]
  readonly features: readonly DriftFeature[]
  /** Rows kept at most, drawn evenly. @default 10_000 */
  readonly sampleRows?: number
  /** Numbers in [0, 1), such as `createSeededRandom(1).uniform`. */
  readonly random: () => number
}

/** Categories told apart by name, and buckets that share the rest: a column of free text must not fill the memory. */
const mostCategories = 64
const otherBuckets = 32

/** Numbers of no more than so many values, such as flags, are compared as categories: a KS test of ties sees little. */
const mostFlagValues = 2

/**
 * What a drift monitor needs of its reference, as plain JSON: of each feature a sorted sample of its numbers, or counts of its
 * categories, and the share of missing values.
 * @throws VALIDATION_FAILED where there are no rows, or not as many predictions
 */
export function summarizeReference(options: ReferenceOptions): DriftReference {
  const { rows, predictions, features, sampleRows = 10_000, random } = options
  if (rows.length === 0) throw wrongOption('reference.rows', 'at least one row', rows)
  if (predictions !== undefined && predictions.length !== rows.length)
    throw wrongOption('reference.predictions', `one for each of ${rows.length} rows`, predictions.length)
  const picked = drawn(rows.length, sampleRows, random)
  const columns = features.map((feature, position) =>
    columnOf(
      feature,
      picked.map((i) => valueIn(rows[i], position, feature)),
    ),
  )
  const readings = predictions === undefined ? [] : picked.map((i) => readPrediction(predictions[i]))
  const outputs = readings.map(({ output }) => output)
  const confidences = readings.map(({ confidence }) => confidence).filter((confidence) => confidence !== undefined)
  const isLabel = outputs.some((output) => typeof output === 'string' || typeof output === 'boolean')
  const outputFeature = { name: 'prediction', dtype: isLabel ? 'string' : 'number' } as const
  return {
    formatVersion: 1,
    rowCount: picked.length,
    features: columns,
    ...(outputs.some((output) => output !== undefined) ? { prediction: columnOf(outputFeature, outputs) } : {}),
    ...(confidences.length > 0 ? { confidence: columnOf({ name: 'confidence' }, confidences) } : {}),
  }
}

function columnOf({ name, dtype = 'number', categories }: DriftFeature, values: readonly unknown[]): ReferenceColumn {
  if (categories !== undefined && categories.length <= mostCategories)
    return categoryColumn({ name, dtype, categories }, values)
  if (dtype === 'boolean') return categoryColumn({ name, dtype, categories: [false, true] }, values)
  if (dtype === 'string' || categories !== undefined) return frequentCategoryColumn(name, dtype, values)
  const numbers = Float64Array.from(values, numberIn)
  const sample = numbers.filter((number) => !Number.isNaN(number)).sort()
  const distinct = [...new Set(sample)]
  if (distinct.length <= mostFlagValues) return categoryColumn({ name, dtype, categories: distinct }, [...numbers])
  return { name, kind: 'number', sample: [...sample], missing: numbers.length - sample.length }
}

/**
 * Categories that nobody has named: chosen by every other row and counted in the rest. Counted where they were chosen, they
 * would look more frequent than they are, rarer ones would look unheard of, and any later window would look drifted.
 */
function frequentCategoryColumn(name: string, dtype: ValueType, values: readonly unknown[]): ReferenceColumn {
  const counts = new Map<Scalar, number>()
  for (let i = 0; i < values.length; i += 2) {
    const value = categoryIn(values[i], dtype)
    if (isScalar(value)) counts.set(value, (counts.get(value) ?? 0) + 1)
  }
  const categories = [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostCategories)
    .map(([category]) => category)
  return categoryColumn(
    { name, dtype, categories },
    values.filter((_, i) => i % 2 === 1),
    otherBuckets,
  )
}

function categoryColumn(
  { name, dtype, categories }: { name: string; dtype: ValueType; categories: readonly Scalar[] },
  values: readonly unknown[],
  bucketCount = 1,
): ReferenceColumn {
  const codeOf = categoryCodes(categories, bucketCount)
  const counts = new Array<number>(categories.length + bucketCount).fill(0)
  let missing = 0
  for (const value of values) {
    const category = categoryIn(value, dtype)
    if (isMissing(category)) missing++
    else counts[codeOf(category)]++
  }
  const otherCounts = counts.splice(categories.length)
  return { name, kind: 'category', dtype, categories, counts, otherCounts, missing }
}

/** The position of a category, or of its bucket behind them. */
export function categoryCodes(categories: readonly Scalar[], bucketCount: number): (category: unknown) => number {
  const codes = new Map<unknown, number>(categories.map((category, code) => [category, code]))
  return (category) => {
    const code = codes.get(category)
    if (code !== undefined) return code
    if (bucketCount === 1) return categories.length
    // whatever is no category is one of a kind: not every object can be written
    return categories.length + (stableHash(isScalar(category) ? String(category) : typeof category) % bucketCount)
  }
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && !Number.isNaN(value))
}

/** `wanted` of `count` positions in rising order, each set equally likely (D. E. Knuth, TAOCP 2, 3.4.2, algorithm S). */
function drawn(count: number, wanted: number, random: () => number): number[] {
  const picked: number[] = []
  for (let i = 0; i < count && picked.length < wanted; i++)
    if ((count - i) * random() < wanted - picked.length) picked.push(i)
  return picked
}
