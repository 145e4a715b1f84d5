// Leaf values of few distinct numbers in, a small code a value and tables of the numbers out; and back.

import type { NamedTensor } from '../artifact/tensor.ts'
import { createError } from '../errors.ts'

/** Numbers that leaves hold, each once: one book for all columns of a leaf, or one a column. */
export type LeafBooks = readonly Float64Array[]

export type LeafTable = {
  /** Row-major [count, width]. */
  readonly values: Float64Array
  readonly count: number
  readonly width: number
}

/** What a reader knows before it reads a value: entries of each book; undefined where leaves are values themselves. */
export type BookSizes = readonly number[] | undefined

/** `leaf` alone, or `leaf` as codes that count through the book of their column, and `leaf-book`, all books in a row. */
export function leafTensors(
  { values, count, width }: LeafTable,
  books: LeafBooks | undefined,
  name: (part: string) => string,
): NamedTensor[] {
  const leaf = { name: name('leaf'), shape: [count, width] }
  if (books === undefined) return [{ ...leaf, role: 'leaf', values, dtype: 'float32' }]
  const places = books.map((book) => new Map(Array.from(book, (value, code) => [value, code])))
  const codes = values.map((value, at) => places[at % books.length].get(value) ?? notInBook(value))
  const entries = Float64Array.from(books.flatMap((book) => [...book]))
  return [
    { ...leaf, role: 'structure', values: codes, dtype: 'int32' },
    { name: name('leaf-book'), role: 'leaf', shape: [entries.length, 1], values: entries, dtype: 'float32' },
  ]
}

/** @throws VALIDATION_FAILED for a code that its book does not have */
export function leafValuesOf(
  sizes: BookSizes,
  { count, width }: Omit<LeafTable, 'values'>,
  read: (part: string, length: number) => Float64Array,
): Float64Array {
  const leaf = read('leaf', count * width)
  if (sizes === undefined) return leaf
  if (sizes.length !== 1 && sizes.length !== width) throw malformed(`1 book or ${width}, got ${sizes.length}`)
  const starts = bookStarts(sizes)
  const entries = read('leaf-book', starts[sizes.length])
  return leaf.map((code, at) => {
    const book = at % sizes.length
    if (!(code >= 0 && code < sizes[book])) throw malformed(`codes below ${sizes[book]}, got ${code} at value ${at}`)
    return entries[starts[book] + code]
  })
}

/** Where each book starts in `leaf-book`, and where the last one ends. */
export function bookStarts(sizes: readonly number[]): number[] {
  const starts = [0]
  for (const size of sizes) starts.push(starts[starts.length - 1] + size)
  return starts
}

function malformed(expectation: string): Error {
  return createError('VALIDATION_FAILED', `leaves of trees must have ${expectation}; convert the model again`)
}

function notInBook(value: number): never {
  throw new RangeError(`no book has the leaf value ${value}`)
}
