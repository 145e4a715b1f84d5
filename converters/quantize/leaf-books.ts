// Leaf values in; books of few numbers that stand for them, as near as so many numbers can, and the values they give out.

import { type AffineGrid, affineGrid, roundToGrid } from './affine-grid.ts'
import type { StoredFloats } from './stored-floats.ts'

export type LeafColumns = {
  /** Row-major, finite. */
  readonly values: Float64Array
  readonly width: number
}

/** Rounding a book's own numbers may add this share of what taking the nearest of them moves leaves by. */
const gridShare = 1 / 16

/** The search for the narrowest tolerance ends here: it is known to a millionth then. */
const searchSteps = 20

/**
 * One book for all columns or one a column (`bookCount`). No value moves farther than need be with so many numbers a
 * book: of all books that large the one whose largest error is least, since what rounding may do to answers is bounded by
 * each tree's worst leaf. Where there are no more distinct float32 values than numbers, they are the book.
 */
export function fitBooks(
  { values }: LeafColumns,
  { bookCount, mostEntries }: { readonly bookCount: number; readonly mostEntries: number },
): StoredFloats {
  const distinct = Array.from({ length: bookCount }, (_, book) => distinctValues(values, book, bookCount))
  const fitted = distinct.map((column) => nearestNumbers(column, mostEntries))
  const grid = commonGrid(fitted)
  const books = fitted.map(({ numbers }) =>
    grid === undefined ? numbers : numbers.map((number) => roundToGrid(grid, number)),
  )
  return {
    encoding: codeEncoding(Math.max(...books.map(({ length }) => length))),
    values: values.map((value, at) => nearest(books[at % bookCount], Math.fround(value))),
    book: { books, ...(grid && { grid }) },
  }
}

export function codeEncoding(entries: number): 'uint8' | 'uint16' {
  return entries <= 256 ? 'uint8' : 'uint16'
}

/** Ascending float32 values of every `step`-th leaf value from `first` on. */
function distinctValues(values: Float64Array, first: number, step: number): Float64Array {
  const column = new Float64Array(Math.ceil((values.length - first) / step))
  // a sum does not tell −0 from 0
  for (let i = 0; i < column.length; i++) column[i] = Math.fround(values[first + i * step]) + 0
  column.sort()
  return column.filter((value, i) => i === 0 || value !== column[i - 1])
}

type FittedNumbers = { readonly numbers: Float64Array; readonly tolerance: number }

/** The middles of the fewest intervals of one width that have all values in them. */
function nearestNumbers(distinct: Float64Array, most: number): FittedNumbers {
  if (distinct.length <= most) return { numbers: distinct, tolerance: 0 }
  let low = 0
  // so many intervals side by side span the range, but for rounding
  let high = ((distinct[distinct.length - 1] - distinct[0]) / (2 * most)) * (1 + 1e-9)
  for (let step = 0; step < searchSteps; step++) {
    const middle = (low + high) / 2
    if (intervals(distinct, middle).length / 2 <= most) high = middle
    else low = middle
  }
  const ends = intervals(distinct, high)
  const numbers = Float64Array.from({ length: ends.length / 2 }, (_, i) =>
    Math.fround((ends[2 * i] + ends[2 * i + 1]) / 2),
  )
  return { numbers, tolerance: high }
}

/** First and last value of each interval, one after the other: each begins at the first value that is still outside. */
function intervals(distinct: Float64Array, tolerance: number): number[] {
  const ends: number[] = []
  for (let first = 0; first < distinct.length; ) {
    const next = countUpTo(distinct, distinct[first] + 2 * tolerance, first)
    ends.push(distinct[first], distinct[next - 1])
    first = next
  }
  return ends
}

/** Number of values that are not above `limit`; at least one after `from`. */
function countUpTo(distinct: Float64Array, limit: number, from: number): number {
  let low = from + 1
  let high = distinct.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (distinct[middle] <= limit) low = middle + 1
    else high = middle
  }
  return low
}

/** Undefined where it is too coarse for one of the books. On a grid kernels add codes up as integers, and a number takes two bytes. */
function commonGrid(fitted: readonly FittedNumbers[]): AffineGrid | undefined {
  const grid = affineGrid(Float64Array.from(fitted.flatMap(({ numbers }) => [...numbers])), 'uint16')
  const isFine = fitted.every(({ numbers, tolerance }) =>
    numbers.every((number) => Math.abs(roundToGrid(grid, number) - number) <= gridShare * tolerance),
  )
  return isFine ? grid : undefined
}

/** Of two as near the lower one. */
function nearest(numbers: Float64Array, value: number): number {
  let low = 0
  let high = numbers.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (numbers[middle] < value) low = middle + 1
    else high = middle
  }
  return low > 0 && value - numbers[low - 1] <= Math.abs(numbers[low] - value) ? numbers[low - 1] : numbers[low]
}
