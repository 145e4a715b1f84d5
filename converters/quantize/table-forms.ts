// A formula's table and a mode in; the forms that it may be stored in, smallest first, with the values they give, out.

import { type Table, type TableForm, mostInline } from '../../src/regions/formula/table.ts'
import { smallChainBytes } from './dense-chain-ladder.ts'
import type { QuantizeMode } from './quantize-mode.ts'

export type StoredTableForm = {
  readonly table: Table
  /** For reports: `grid of uint8`, `books of uint8`, `float64`. */
  readonly name: string
  /** Of the tensor, and of the numbers that stand in the JSON. */
  readonly byteLength: number
  readonly maxError: number
}

/** What a double takes in JSON, about. */
const jsonBytes = 19

/** A lossless form that is no larger than this, as a share of a lossy one, is taken without looking at answers. */
const worthForNothing = 1.25

const highestCode = { uint8: 255, uint16: 65535 } as const
type GridName = keyof typeof highestCode

const lossy = {
  uint8: ['uint8', 'uint16', 'float32'],
  uint16: ['uint16', 'float32'],
  // two bytes a value too, and finer wherever a column's values are of one size
  float16: ['uint16', 'float32'],
  none: [],
} as const satisfies Record<QuantizeMode, readonly (GridName | 'float32')[]>

/** Below the size at which bytes do not matter none is rounded to uint8. The last form is lossless; there is always one. Tables that stand in the JSON have no other than their own. */
export function tableForms(table: Table, mode: QuantizeMode): readonly StoredTableForm[] {
  const exact = formOf(table, { kind: 'float64' }, table.values, 'float64', 8)
  if (table.values.length <= mostInline) return [exact]
  const narrow = float32Form(table)
  const lossless = [exact, booksForm(table), ...(narrow.maxError === 0 ? [narrow] : [])]
    .filter((form) => form !== undefined)
    .reduce((least, form) => (form.byteLength < least.byteLength ? form : least))
  const isSmall = 4 * table.values.length < smallChainBytes
  const rounded = lossy[mode]
    .filter((name) => name !== 'uint8' || !isSmall)
    .flatMap((name) => (name === 'float32' ? narrow : (gridForm(table, name) ?? [])))
    .filter(({ byteLength, maxError }) => byteLength * worthForNothing < lossless.byteLength && maxError < Infinity)
    .filter(({ byteLength }, at, all) => all.slice(at + 1).every((wider) => byteLength < wider.byteLength))
  return [...rounded, lossless]
}

function formOf(
  source: Table,
  form: TableForm,
  values: Float64Array,
  name: string,
  bytesOfValue: number,
): StoredTableForm {
  const inJson = form.kind === 'grid' ? 2 * source.columns : form.kind === 'books' ? form.books.flat().length : 0
  return {
    table: { values, columns: source.columns, form },
    name,
    byteLength: values.length * bytesOfValue + inJson * jsonBytes,
    maxError: largestMove(source.values, values),
  }
}

/** Infinity where a number became none. */
function largestMove(before: Float64Array, after: Float64Array): number {
  let largest = 0
  for (let i = 0; i < before.length; i++) {
    if (Object.is(before[i], after[i]) || before[i] === after[i]) continue
    const moved = Math.abs(after[i] - before[i])
    largest = Math.max(largest, Number.isNaN(moved) ? Infinity : moved)
  }
  return largest
}

function float32Form(table: Table): StoredTableForm {
  return formOf(table, { kind: 'float32' }, table.values.map(Math.fround), 'float32', 4)
}

/** Undefined where a column has a number that is no number, or whose range overflows. */
function gridForm(table: Table, name: GridName): StoredTableForm | undefined {
  const { values, columns } = table
  if (!values.every(Number.isFinite)) return undefined
  const low = new Float64Array(columns).fill(Infinity)
  const high = new Float64Array(columns).fill(-Infinity)
  values.forEach((value, i) => {
    const column = i % columns
    if (value < low[column]) low[column] = value
    if (value > high[column]) high[column] = value
  })
  const scale = high.map((most, column) => (most - low[column]) / highestCode[name])
  if (!scale.every(Number.isFinite)) return undefined
  // 0 is exact where it lies within: most zeros of weights mean that something is not there
  const min = low.map((least, column) => {
    const isAcross = least < 0 && high[column] > 0 && scale[column] > 0
    return isAcross ? -Math.round(-least / scale[column]) * scale[column] : least
  })
  const rounded = values.map((value, i) => {
    const column = i % columns
    if (scale[column] === 0) return min[column]
    const code = Math.round((value - min[column]) / scale[column])
    return Math.min(highestCode[name], Math.max(0, code)) * scale[column] + min[column]
  })
  const form = { kind: 'grid', scale: [...scale], min: [...min] } as const
  return formOf(table, form, rounded, `grid of ${name}`, name === 'uint8' ? 1 : 2)
}

/** Undefined where a column has more distinct values than codes, or a book would be as large as the table. */
function booksForm(table: Table): StoredTableForm | undefined {
  const { values, columns } = table
  const books = Array.from({ length: columns }, () => new Map<number, number>())
  let entries = 0
  for (let i = 0; i < values.length; i++) {
    const book = books[i % columns]
    if (book.has(values[i])) continue
    // a book does not tell −0 from 0
    if (Object.is(values[i], -0)) return undefined
    book.set(values[i], book.size)
    if (++entries * jsonBytes > values.length * 8 || book.size > highestCode.uint16 + 1) return undefined
  }
  const widest = books.reduce((most, { size }) => Math.max(most, size), 0)
  const form = { kind: 'books', books: books.map((book) => [...book.keys()]) } as const
  return widest <= highestCode.uint8 + 1
    ? formOf(table, form, values, 'books of uint8', 1)
    : formOf(table, form, values, 'books of uint16', 2)
}
