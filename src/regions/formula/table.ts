// A table of doubles and the form in which it is stored in, its JSON and its tensor out, and back.

import type { NamedTensor } from '../../artifact/tensor.ts'
import { anyOf, closedObject, integer, listOf, oneOf, type ValueOf } from '../../artifact/shape.ts'
import { createError } from '../../errors.ts'
import { restoreNumbers, storedNumbersShape, storeNumbers } from '../stored-numbers.ts'
import { type TensorValues, tensorValues } from '../tensor-values.ts'

/**
 * How a table is stored. `values` always lie on the form already, so that what is read back is equal.
 * - `float64`: bit for bit. `float32`: each value is one of float32.
 * - `grid`: value = code · scale[column] + min[column], computed in float64, codes from 0 to 65535.
 * - `books`: value = books[column][code]: lossless for columns of few distinct values.
 */
export type TableForm =
  | { readonly kind: 'float64' }
  | { readonly kind: 'float32' }
  | { readonly kind: 'grid'; readonly scale: readonly number[]; readonly min: readonly number[] }
  | { readonly kind: 'books'; readonly books: readonly (readonly number[])[] }

export type Table = {
  /** Row-major [rows, columns]. */
  readonly values: Float64Array
  /** Width of a row: forms with a scale or book have one a column. */
  readonly columns: number
  readonly form: TableForm
}

/** Shorter ones stand in the JSON, where they take less than a tensor's own entry. */
export const mostInline = 16

const storedFormShape = anyOf(
  closedObject({ kind: oneOf('inline'), values: storedNumbersShape }),
  closedObject({ kind: oneOf('float64', 'float32') }),
  closedObject({ kind: oneOf('grid'), scale: storedNumbersShape, min: storedNumbersShape }),
  closedObject({ kind: oneOf('books'), books: listOf(storedNumbersShape) }),
)

export const storedTableShape = closedObject({ rows: integer(0), columns: integer(1), form: storedFormShape })
export type StoredTable = ValueOf<typeof storedTableShape>

/** A table as its source has it. */
export function exactTable(values: Float64Array, columns: number): Table {
  return { values, columns, form: { kind: 'float64' } }
}

export function storeTable(
  { values, columns, form }: Table,
  name: string,
): { stored: StoredTable; tensor?: NamedTensor } {
  const rows = values.length / columns
  if (values.length <= mostInline)
    return { stored: { rows, columns, form: { kind: 'inline', values: storeNumbers([...values]) } } }
  switch (form.kind) {
    case 'float64':
      return {
        stored: { rows, columns, form },
        tensor: { name, role: 'float64', shape: [values.length, 2], values, dtype: 'int32' },
      }
    case 'float32':
      return {
        stored: { rows, columns, form },
        tensor: { name, role: 'parameter', shape: [rows, columns], values, dtype: 'float32' },
      }
    case 'grid': {
      const codes = values.map((value, i) => {
        const column = i % columns
        return form.scale[column] === 0 ? 0 : Math.round((value - form.min[column]) / form.scale[column])
      })
      const scale = storeNumbers(form.scale)
      return {
        stored: { rows, columns, form: { kind: 'grid', scale, min: storeNumbers(form.min) } },
        tensor: { name, role: 'structure', shape: [rows, columns], values: codes, dtype: 'int32' },
      }
    }
    case 'books': {
      const places = form.books.map((book) => new Map(book.map((value, code) => [value, code])))
      const codes = values.map((value, i) => places[i % columns].get(value) ?? NaN)
      return {
        stored: { rows, columns, form: { kind: 'books', books: form.books.map(storeNumbers) } },
        tensor: { name, role: 'structure', shape: [rows, columns], values: codes, dtype: 'int32' },
      }
    }
  }
}

/** @throws VALIDATION_FAILED where the tensor is not there or does not fit */
export function restoreTable({ rows, columns, form }: StoredTable, name: string, tensors: TensorValues): Table {
  const length = rows * columns
  switch (form.kind) {
    case 'inline': {
      const values = Float64Array.from(restoreNumbers(form.values))
      if (values.length !== length) throw malformed(name, `${length} inline values, got ${values.length}`)
      return exactTable(values, columns)
    }
    case 'float64':
    case 'float32':
      return { values: tensorValues(tensors, name, length).slice(), columns, form: { kind: form.kind } }
    case 'grid': {
      const [scale, min] = [restoreNumbers(form.scale), restoreNumbers(form.min)]
      if (scale.length !== columns || min.length !== columns)
        throw malformed(name, `a scale and a min for each of ${columns} columns, got ${scale.length} and ${min.length}`)
      const values = tensorValues(tensors, name, length).map((code, i) => code * scale[i % columns] + min[i % columns])
      return { values, columns, form: { kind: 'grid', scale, min } }
    }
    case 'books': {
      const books = form.books.map(restoreNumbers)
      if (books.length !== columns) throw malformed(name, `a book for each of ${columns} columns, got ${books.length}`)
      const codes = tensorValues(tensors, name, length)
      const values = codes.map((code, i) => books[i % columns][code] ?? outside(name, code))
      return { values, columns, form: { kind: 'books', books } }
    }
  }
}

function outside(name: string, code: number): never {
  throw malformed(name, `codes of its books, got ${code}`)
}

function malformed(name: string, expectation: string): Error {
  return createError('VALIDATION_FAILED', `table ${name} must have ${expectation}; convert the model again`)
}
