// Leaf values of trees and a mode in; the forms that they may be stored in, smallest first and the last lossless, out.

import { codeEncoding, fitBooks, type LeafColumns } from './leaf-books.ts'
import type { QuantizeMode } from './quantize-mode.ts'
import { type StoredFloats, storeFloats } from './stored-floats.ts'

export type LeafForm = {
  /** For reports: `uint8`, `book of uint8`, `books of uint16`, `float32`. */
  readonly name: string
  /** At most, with the books and what they add to the JSON. */
  readonly byteLength: number
  /** Made on first need, and once. */
  readonly store: () => StoredFloats
}

const byteWidths = { uint8: 1, uint16: 2, float16: 2, float32: 4 } as const

const affine = {
  uint8: ['uint8', 'uint16'],
  uint16: ['uint16'],
  float16: ['float16'],
  none: [],
} as const satisfies Record<QuantizeMode, readonly (keyof typeof byteWidths)[]>

/** Numbers of a book that is fitted: what a byte counts to, and what is still worth two bytes a leaf where uint16 is too coarse. */
const fittedEntries = { uint8: [256, 4096], uint16: [4096], float16: [], none: [] } as const

/** What two bytes count to: longer books are no use. */
const mostEntries = 65536

/** What a book adds to model.json: nodes of the graph and entries of the manifest. */
const bookJsonBytes = 1000

/** `storeBytes` rounds to uint8. */
export function leafForms(
  columns: LeafColumns,
  mode: QuantizeMode,
  storeBytes: () => StoredFloats,
): readonly LeafForm[] {
  const { values } = columns
  const plain = (name: keyof typeof byteWidths): LeafForm => ({
    name,
    byteLength: byteWidths[name] * values.length,
    store: once(name === 'uint8' ? storeBytes : () => storeFloats(values, name)),
  })
  const choices = bookChoices(columns)
  const exact = choices
    .filter(({ most }) => most <= mostEntries)
    .map((choice) => bookForm(columns, choice, mostEntries))
  const lossless = [plain('float32'), ...exact].reduce((least, form) =>
    form.byteLength < least.byteLength ? form : least,
  )
  const fitted = fittedEntries[mode].flatMap((entries) =>
    choices.filter(({ most }) => most > entries).map((choice) => bookForm(columns, choice, entries)),
  )
  const rounded = [...affine[mode].map(plain), ...fitted]
    .filter(({ byteLength }) => byteLength < lossless.byteLength)
    .sort((a, b) => a.byteLength - b.byteLength)
  return [...rounded, lossless]
}

/** Distinct values of the columns of each book, counted up to more than codes tell apart, and the most of them. */
type BookChoice = { readonly distinct: readonly number[]; readonly most: number }

/** One book for all, or one a column. */
function bookChoices({ values, width }: LeafColumns): BookChoice[] {
  return (width === 1 ? [1] : [1, width]).map((bookCount) => {
    const seen = Array.from({ length: bookCount }, () => new Set<number>())
    for (let i = 0; i < values.length; i++) {
      const found = seen[i % bookCount]
      if (found.size <= mostEntries) found.add(Math.fround(values[i]))
    }
    const distinct = seen.map(({ size }) => size)
    return { distinct, most: distinct.reduce((largest, count) => Math.max(largest, count), 0) }
  })
}

function bookForm(columns: LeafColumns, { distinct, most }: BookChoice, entries: number): LeafForm {
  const encoding = codeEncoding(Math.min(most, entries))
  const numbers = distinct.reduce((sum, count) => sum + Math.min(count, entries), 0)
  const bookCount = distinct.length
  return {
    name: `${bookCount === 1 ? 'book' : 'books'} of ${encoding}`,
    byteLength: byteWidths[encoding] * columns.values.length + byteWidths.float32 * numbers + bookJsonBytes,
    store: once(() => fitBooks(columns, { bookCount, mostEntries: entries })),
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => (made ??= { value: make() }).value
}
