// Columns and the weight of their transformer in; the columns times the weight out.

import { PyDict } from '../../formats/pickle/values.ts'
import { type EstimatorReader, toNumber } from './estimator-reader.ts'
import type { Scope } from './estimator-spec.ts'
import { assertColumnCount, type ColumnSet } from './columns.ts'
import { scaleColumns } from './scale-columns.ts'

/** Columns of transformer `name` under `transformer_weights` of a ColumnTransformer or FeatureUnion. */
export function weighColumns(
  columns: ColumnSet,
  name: string,
  { reader, scope }: { readonly reader: EstimatorReader; readonly scope: Scope },
): ColumnSet {
  const weights = reader.valueOr('transformer_weights', null)
  if (weights === null) return columns
  if (!(weights instanceof PyDict)) return reader.fail('transformer_weights', 'a dict or None')
  const weight = weights.get(name)
  if (weight === undefined || weight === null) return columns
  const factor = toNumber(weight)
  if (factor === undefined || !Number.isFinite(factor)) {
    return reader.fail('transformer_weights', 'finite numbers')
  }
  const first = columns.columns.map(() => factor)
  const parameters = { form: 'multiply-add', first, second: first.map(() => 0) } as const
  return scaleColumns(parameters, columns, { scope, place: reader.place })
}

/** Columns of several transformers, one after the other. */
export function joinColumns(parts: readonly ColumnSet[], isSparse: boolean): ColumnSet {
  assertColumnCount(parts.reduce((sum, { columns }) => sum + columns.length, 0))
  return { columns: parts.flatMap(({ columns }) => columns), isSparse }
}
