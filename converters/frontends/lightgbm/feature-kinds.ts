// Header and category lists of a LightGBM file in; the schema's features, and the categories behind codes, out.

import type { FeatureSchema, Scalar } from '../../../src/artifact/schema.ts'
import { lightgbmCorrupt, lightgbmLimitError, lightgbmLimits } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { LightgbmDocument } from '../../formats/lightgbm/read-lightgbm.ts'
import { unsupported } from './objective.ts'
import { pandasColumns } from './pandas-columns.ts'

export type LightgbmFeature = {
  readonly name: string
  /** Values by code, of a pandas column of dtype category. */
  readonly categories?: readonly Scalar[]
}

export function readFeatures(document: LightgbmDocument): LightgbmFeature[] {
  const names = readNames(document.header)
  const { pandasCategories: all } = document
  const lists = new Map(all === undefined ? [] : pandasColumns(document).map((feature, i) => [feature, all[i]]))
  return names.map((name, i) => {
    const list = lists.get(i)
    return list === undefined ? { name } : { name, categories: toScalars(list, name) }
  })
}

/** How the model reads a feature. */
type Reading = { readonly used: boolean; readonly infinite: boolean }

/** What the schema says of a feature; LightGBM has an answer to any number, missing ones included. */
export function toSchema({ name, categories }: LightgbmFeature, { used, infinite }: Reading): FeatureSchema {
  const common = { name, used, missing: 'handled' } as const
  if (categories === undefined) return { ...common, dtype: 'number', ...(infinite && { infinite }) }
  if (typeof categories[0] === 'boolean') return { ...common, dtype: 'boolean' }
  const dtype = typeof categories[0] === 'string' ? 'string' : 'number'
  return { ...common, dtype, categories, unknown: 'ignored', ...(infinite && dtype === 'number' && { infinite }) }
}

/** The canonical value of the category with code `code`; undefined where no value has it. */
export function categoryValue(categories: readonly Scalar[], code: number): number | undefined {
  if (code >= categories.length) return undefined
  const value = categories[code]
  return typeof value === 'string' ? code : Number(value)
}

function readNames(header: LightgbmDocument['header']): string[] {
  const last = Number(header.get('max_feature_idx') ?? Number.NaN)
  if (!Number.isSafeInteger(last) || last < 0)
    throw lightgbmCorrupt(
      'max_feature_idx',
      'the number of the last feature',
      header.get('max_feature_idx') ?? 'nothing',
    )
  if (last >= lightgbmLimits.featureCount) throw lightgbmLimitError('featureCount', last + 1)
  const names = (header.get('feature_names') ?? '').split(' ')
  if (names.length !== last + 1 || names.includes(''))
    throw lightgbmCorrupt('feature_names', `${last + 1} names`, `${names.length}`)
  if (new Set(names).size !== names.length) throw lightgbmCorrupt('feature_names', 'distinct names', 'a repeated one')
  return names
}

function toScalars(list: readonly unknown[], name: string): readonly Scalar[] {
  const types = new Set(list.map((value) => typeof value))
  const isScalar = (value: unknown): value is Scalar => /^(string|number|boolean)$/.test(typeof value)
  if (types.size === 1 && list.every(isScalar)) {
    if (new Set(list).size !== list.length)
      throw lightgbmCorrupt('pandas_categorical', `distinct categories of ${name}`, 'a repeated one')
    return list
  }
  if (list.length === 0) return []
  throw unsupported(
    `pandas column ${name.slice(0, 60)} with categories of types ${[...types].join(' and ')}`,
    'Give all categories of a column one type: text, number or boolean.',
  )
}
