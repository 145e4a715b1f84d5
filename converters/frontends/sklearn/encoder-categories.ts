// The fitted categories of an encoder in; canonical keys a column out, declared as features on the way.

import { keyIndex } from '../../../src/regions/one-hot.ts'
import { NdArray, type PyValue } from '../../formats/pickle/values.ts'
import { type EstimatorReader, toNumbers, toValues } from './estimator-reader.ts'
import type { Scope } from './estimator-spec.ts'
import { assertColumnCount, type Column, type ColumnSet } from './columns.ts'
import { unsupported } from './place.ts'
import { isMissingScalar } from './simple-imputer.ts'

/** Canonical keys a column, in the order of `categories_`; NaN is the missing category. */
export function readCategoryKeys(reader: EstimatorReader, input: ColumnSet, scope: Scope): number[][] {
  const lists = reader.list('categories_')
  if (lists.length !== input.columns.length) {
    throw reader.corrupt('categories_', `${input.columns.length} lists`, `${lists.length}`)
  }
  assertColumnCount(lists.reduce<number>((sum, list) => sum + (list instanceof NdArray ? list.elementCount : 0), 0))
  return input.columns.map((column, i) => toKeys(lists[i], column, { reader, scope }))
}

type Context = { readonly reader: EstimatorReader; readonly scope: Scope }

function toKeys(list: PyValue, column: Column, { reader, scope }: Context): number[] {
  const { place } = reader
  const { builder } = scope
  const values = toValues(list)
  if (values === undefined || (list instanceof NdArray && list.kind === 'S')) {
    return reader.fail('categories_', 'vectors of texts, booleans or numbers')
  }
  const types = new Set(values.filter((value) => !isMissingScalar(value)).map((value) => typeof value))
  const [type = 'number'] = types
  if (types.size > 1 || (type !== 'string' && type !== 'boolean' && type !== 'number')) {
    throw unsupported(
      place,
      `categories of ${types.size > 1 ? `mixed types (${[...types].join(', ')})` : `type ${type}`}`,
      'Supported are all texts, all booleans or all numbers in one column.',
    )
  }
  if (type === 'string') builder.declareString(column, place)
  else if (type === 'boolean') builder.declareBoolean(column, place)
  else if (column.domain === 'feature') builder.declareNumber(column, place)
  builder.refuseInfinite(column)
  const keys = values.map((value) => {
    if (isMissingScalar(value)) return Number.NaN
    if (typeof value === 'string') return builder.codeOf(column, value)
    return Number(value)
  })
  if (new Set(keys).size === keys.length) return keys
  if (keys.filter(Number.isNaN).length < 2) return reader.fail('categories_', 'distinct categories')
  throw unsupported(place, 'None and NaN as two categories of one column', 'Write missing values in one way.')
}

/** What an encoder with these keys makes of values it does not know, told to the schema. */
export function declareUnknown(
  keys: readonly number[],
  column: Column,
  { scope, refuses }: { readonly scope: Scope; readonly refuses: boolean },
): void {
  const { builder } = scope
  if (column.domain === 'feature') builder.declareKeys(column, keys, refuses ? 'error' : 'ignored')
  if (refuses && keyIndex(keys, column.missing) < 0) builder.refuseMissingValue(column)
}

/**
 * Per category, its number once infrequent ones share the last; undefined where none does.
 * A missing category that is kept out of the grouping has no entry.
 */
export function readInfrequentMappings(reader: EstimatorReader, width: number): (Float64Array | undefined)[] {
  if (!reader.has('_infrequent_enabled') || !reader.boolean('_infrequent_enabled')) {
    return new Array<Float64Array | undefined>(width).fill(undefined)
  }
  const mappings = reader.list('_default_to_infrequent_mappings')
  if (mappings.length !== width) {
    throw reader.corrupt('_default_to_infrequent_mappings', `${width} entries`, `${mappings.length}`)
  }
  return mappings.map((mapping) => {
    if (mapping === null) return undefined
    return toNumbers(mapping) ?? reader.fail('_default_to_infrequent_mappings', 'vectors of numbers or None')
  })
}
