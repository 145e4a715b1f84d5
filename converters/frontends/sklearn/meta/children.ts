// A list of fitted estimators inside another one in; what each predicts from the columns out.

import { NdArray, type PyValue } from '../../../formats/pickle/values.ts'
import { type EstimatorReader, toNumbers } from '../estimator-reader.ts'
import type { Predictor, Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { pathWithin } from '../place.ts'

/** Each of `values` on the same columns. */
export function predictAll(
  values: readonly PyValue[],
  input: ColumnSet,
  { reader, scope, attribute }: { readonly reader: EstimatorReader; readonly scope: Scope; readonly attribute: string },
): Predictor[] {
  return values.map((value, i) => scope.predict(value, input, pathWithin(reader.place, `${attribute}[${i}]`)))
}

/** A list of at least one. */
export function readMembers(reader: EstimatorReader, attribute = 'estimators_'): readonly PyValue[] {
  const members = reader.list(attribute)
  if (members.length === 0) throw reader.corrupt(attribute, 'at least one estimator', 'none')
  return members
}

/** Pairs of name and estimator as a user gave them, with those that were dropped. */
export function readNamed(reader: EstimatorReader, attribute = 'estimators'): { name: string; isDropped: boolean }[] {
  return reader.list(attribute).map((pair) => {
    const [name, value] = Array.isArray(pair) && pair.length === 2 ? pair : []
    if (typeof name !== 'string') return reader.fail(attribute, 'pairs of name and estimator')
    return { name, isDropped: value === 'drop' || value === null }
  })
}

/** Column numbers of one member below `width`; every column where they are absent. */
export function readFeatures(value: PyValue | undefined, width: number, reader: EstimatorReader, attribute: string) {
  const numbers = value instanceof NdArray || Array.isArray(value) ? toNumbers(value) : undefined
  if (
    numbers === undefined ||
    numbers.length === 0 ||
    !numbers.every((n) => Number.isInteger(n) && n >= 0 && n < width)
  )
    throw reader.corrupt(attribute, `column numbers below ${width}`, 'others')
  return Array.from(numbers)
}

/** The columns that a member reads. */
export function selectColumns({ columns, isSparse }: ColumnSet, features: readonly number[]): ColumnSet {
  return { columns: features.map((feature) => columns[feature]), isSparse }
}
