// features_info of a CatBoost file in; what its splits may test, by number, and the features of a row, out.

import type { FeatureSchema, Scalar } from '../../../src/artifact/schema.ts'
import { catboostLimitError, catboostLimits } from '../../formats/catboost/catboost-limits.ts'
import type { RecordReader } from '../xgboost/record-reader.ts'

export type FloatFeature = {
  /** Place in a row. */
  readonly column: number
  /** Which side a missing value goes to. */
  readonly missingLeft: boolean
}

export type CategoricalFeature = {
  readonly column: number
  /** What splits test, each once. */
  readonly categories: readonly Scalar[]
  /** Number among `categories`, by the hash that stands in splits. */
  readonly codes: ReadonlyMap<number, number>
}

export type CatboostFeatures = {
  readonly names: readonly string[]
  readonly floats: ReadonlyMap<number, FloatFeature>
  readonly categoricals: ReadonlyMap<number, CategoricalFeature>
}

/** @throws FILE_CORRUPT; LIMIT_EXCEEDED; UNSUPPORTED where categories are known by their hashes alone */
export function readFeatures(model: RecordReader): CatboostFeatures {
  const info = model.record('features_info')
  const names = new Map<number, string>()
  const readColumn = (feature: RecordReader): number => {
    const column = feature.count('flat_feature_index')
    if (column >= catboostLimits.featureCount) throw catboostLimitError('featureCount', column + 1)
    if (names.has(column)) throw feature.corrupt('flat_feature_index', 'a number of its own', String(column))
    names.set(column, nameOf(feature) ?? String(column))
    return column
  }
  const listed = (name: string): RecordReader[] => (info.has(name) ? info.records(name) : [])
  const floats = new Map(
    listed('float_features').map((feature) => [
      feature.count('feature_index'),
      { column: readColumn(feature), missingLeft: isMissingLeft(feature) },
    ]),
  )
  const texts = readHashes(info)
  const categoricals = new Map(
    listed('categorical_features').map((feature, _, all) => [
      feature.count('feature_index'),
      { column: readColumn(feature), ...readCategories(feature, { texts, isOnly: all.length === 1 }) },
    ]),
  )
  for (const kind of ['text_features', 'embedding_features']) listed(kind).forEach(readColumn)
  const width = Math.max(0, ...[...names.keys()].map((column) => column + 1))
  if (width === 0) throw info.unsupported('a model without features', 'Fit it on a table with columns.')
  const all = Array.from({ length: width }, (_, column) => names.get(column) ?? String(column))
  if (new Set(all).size < all.length)
    throw info.corrupt('float_features', 'feature names that differ', 'a repeated one')
  return { names: all, floats, categoricals }
}

/** What a row has at each place. */
export function featureSchemas({ names, categoricals }: CatboostFeatures, used: ReadonlySet<number>): FeatureSchema[] {
  const byColumn = new Map([...categoricals.values()].map((feature) => [feature.column, feature]))
  return names.map((name, column) => {
    const isUsed = used.has(column)
    const categories = byColumn.get(column)?.categories
    if (categories === undefined || categories.length === 0)
      return { name, dtype: 'number', used: isUsed, missing: 'handled', ...(isUsed ? { infinite: true } : {}) }
    // CatBoost takes no missing category: one has to be written out.
    const dtype = typeof categories[0] === 'string' ? 'string' : 'number'
    return { name, dtype, used: isUsed, missing: isUsed ? 'error' : 'handled', categories, unknown: 'ignored' }
  })
}

/** By column and not by name in older versions; '' stands for no name. */
function nameOf(feature: RecordReader): string | undefined {
  const [name] = ['feature_name', 'feature_id'].flatMap((key) => {
    const value = feature.value(key)
    return typeof value === 'string' && value !== '' ? [value] : []
  })
  return name
}

/** A value is compared by `>`, so that NaN goes left, but where it stands for the largest number (`nan_mode=Max`). */
function isMissingLeft(feature: RecordReader): boolean {
  const treatment = feature.has('nan_value_treatment') ? feature.text('nan_value_treatment') : 'AsIs'
  if (treatment === 'AsIs' || treatment === 'AsFalse') return true
  if (treatment === 'AsTrue') return false
  throw feature.corrupt('nan_value_treatment', 'AsIs, AsFalse or AsTrue')
}

/** Texts of all categories of the training pool by hash, where it was given to save_model. */
function readHashes(info: RecordReader): ReadonlyMap<number, string> {
  if (!info.has('cat_features_hash')) return new Map()
  return new Map(info.records('cat_features_hash').map((entry) => [entry.finite('hash') >>> 0, entry.text('value')]))
}

/** All texts by hash, and whether they are of one feature. */
type Known = { readonly texts: ReadonlyMap<number, string>; readonly isOnly: boolean }

type Categories = Pick<CategoricalFeature, 'categories' | 'codes'>

/** Hashes are written as signed numbers here, and as unsigned ones beside their texts. */
function readCategories(feature: RecordReader, { texts, isOnly }: Known): Categories {
  const hashes = feature.has('values') ? [...new Set([...feature.numbers('values')].map((hash) => hash >>> 0))] : []
  const names = hashes.map((hash) => texts.get(hash))
  if (names.includes(undefined))
    throw feature.unsupported(
      'a category that is known by its hash alone',
      "Give save_model the pool of training: model.save_model('model.json', format='json', pool=train_pool).",
    )
  // Whole numbers and their texts are one category to CatBoost; tables have them as numbers. Which feature the texts that no
  // split tests belong to is known only where there is one feature.
  const areNumbers = (isOnly ? [...texts.values()] : names).every(
    (name) => /^-?\d{1,15}$/.test(name ?? '') && String(Number(name)) === name,
  )
  const categories: readonly Scalar[] = areNumbers ? names.map(Number) : (names as string[])
  if (new Set(categories).size < categories.length)
    throw feature.corrupt('values', 'categories that differ', 'a repeated one')
  return { categories, codes: new Map(hashes.map((hash, code) => [hash, code])) }
}
