// Masks of columns in; the columns that they keep out.

import { NdArray } from '../../../formats/pickle/values.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'

export type Takes = { readonly nan: boolean; readonly infinite: boolean }

/** The columns that `mask` keeps; the source looks at all of them for what it does not take. */
export function keepColumns(
  mask: readonly boolean[],
  input: ColumnSet,
  { reader, scope, takes }: { readonly reader: EstimatorReader; readonly scope: Scope; readonly takes: Takes },
): ColumnSet {
  if (mask.length !== input.columns.length)
    throw reader.corrupt('(support)', `an entry for each of ${input.columns.length} columns`, `${mask.length}`)
  for (const column of input.columns) {
    if (!takes.nan) scope.builder.refuseMissing(column)
    if (!takes.infinite) scope.builder.refuseInfinite(column)
  }
  return { columns: input.columns.filter((_, i) => mask[i]), isSparse: input.isSparse }
}

/** A fitted `support_`. */
export function readMask(reader: EstimatorReader, name: string): boolean[] {
  const value = reader.value(name)
  if (!(value instanceof NdArray) || value.kind !== 'b' || value.shape.length !== 1)
    return reader.fail(name, 'a vector of booleans')
  return Array.from(value.values as Uint8Array, (bit) => bit !== 0)
}
