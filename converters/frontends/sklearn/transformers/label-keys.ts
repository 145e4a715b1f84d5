// The classes of a label encoder in; canonical keys of the one column that it reads out.

import { NdArray } from '../../../formats/pickle/values.ts'
import { type EstimatorReader, toValues } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'
import { isMissingScalar } from '../simple-imputer.ts'

export function readLabelKeys(
  reader: EstimatorReader,
  { columns }: ColumnSet,
  { builder }: Scope,
): { column: Column; keys: number[] } {
  const { place } = reader
  if (columns.length !== 1)
    throw unsupported(place, `${columns.length} columns, where labels are one,`, 'Use OrdinalEncoder or OneHotEncoder.')
  const [column] = columns
  const found = reader.value('classes_')
  const values = found instanceof NdArray && found.kind !== 'S' ? toValues(found) : undefined
  const labels = values ?? reader.fail('classes_', 'a vector of labels')
  const [type = 'number', ...others] = new Set(labels.filter((label) => !isMissingScalar(label)).map((l) => typeof l))
  if (others.length > 0) throw unsupported(place, 'labels of mixed types', 'Use labels of one type.')
  if (type === 'string') builder.declareString(column, place)
  else if (type === 'boolean') builder.declareBoolean(column, place)
  else if (type === 'number') builder.takeNumbers(columns, place, { nan: true, infinite: false })
  else return reader.fail('classes_', 'texts, booleans or numbers')
  const keys = labels.map((label) => {
    if (isMissingScalar(label)) return Number.NaN
    return typeof label === 'string' ? builder.codeOf(column, label) : Number(label)
  })
  if (new Set(keys).size !== keys.length) return reader.fail('classes_', 'distinct labels')
  return { column, keys }
}
