// The fields that formulas are made of: each says its JSON shape, and how it gets there and back.

import type { NamedTensor } from '../../artifact/tensor.ts'
import { finite, flag, integer, oneOf, type Shape } from '../../artifact/shape.ts'
import { restoreNumber, restoreNumbers, storedNumberShape, storedNumbersShape } from '../stored-numbers.ts'
import { type StoredNumber, type StoredNumbers, storeNumber, storeNumbers } from '../stored-numbers.ts'
import { type TensorValues, tensorValues } from '../tensor-values.ts'
import { restoreTable, type StoredTable, storedTableShape, storeTable, type Table } from './table.ts'

/** `name` is that of the field's tensor, should it have one. */
export type Field<Value> = {
  readonly shape: Shape<unknown>
  store(value: Value, name: string, tensors: NamedTensor[]): unknown
  restore(stored: unknown, name: string, tensors: TensorValues): Value
  /** Never there: carries the type. */
  readonly type?: Value
}

export type ValueOfField<Found> = Found extends Field<infer Value> ? Value : never

function plain<Value>(shape: Shape<Value>): Field<Value> {
  return { shape, store: (value) => value, restore: (stored) => stored as Value }
}

export const integerField = (least: number, most?: number): Field<number> => plain(integer(least, most))
export const flagField: Field<boolean> = plain(flag)
export const finiteField: Field<number> = plain(finite)

export function choiceField<const Value extends string>(...values: readonly Value[]): Field<Value> {
  return plain(oneOf(...values))
}

/** Any double. */
export const numberField: Field<number> = {
  shape: storedNumberShape,
  store: storeNumber,
  restore: (stored) => restoreNumber(stored as StoredNumber),
}

/** A short list of any doubles, which stands in the JSON. */
export const numbersField: Field<readonly number[]> = {
  shape: storedNumbersShape,
  store: storeNumbers,
  restore: (stored) => restoreNumbers(stored as StoredNumbers),
}

/** Integers below 2^31 that may be many: a tensor of the artifact, lossless whatever the mode. */
export const integersField: Field<Int32Array> = {
  shape: integer(0),
  store(values, name, tensors) {
    if (values.length > 0)
      tensors.push({
        name,
        role: 'structure',
        shape: [values.length],
        values: Float64Array.from(values),
        dtype: 'int32',
      })
    return values.length
  },
  restore(stored, name, tensors) {
    const length = stored as number
    return length === 0 ? new Int32Array(0) : Int32Array.from(tensorValues(tensors, name, length))
  },
}

/** Doubles that may be many: a tensor of the artifact, which quantizing may give another form. */
export const tableField: Field<Table> = {
  shape: storedTableShape,
  store(table, name, tensors) {
    const { stored, tensor } = storeTable(table, name)
    if (tensor !== undefined) tensors.push(tensor)
    return stored
  },
  restore: (stored, name, tensors) => restoreTable(stored as StoredTable, name, tensors),
}

/** Quantizing leaves it alone. */
export type ExactTable = { readonly exact: Table }

/** A table whose ties and ends must be met exactly: its doubles are stored in every mode. */
export const exactTableField: Field<ExactTable> = {
  shape: storedTableShape,
  store: ({ exact }, name, tensors) => tableField.store(exact, name, tensors),
  restore: (stored, name, tensors) => ({ exact: tableField.restore(stored, name, tensors) }),
}
