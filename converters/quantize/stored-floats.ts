// Float values and an encoding in, what a reader of the stored bytes gets back out.

import { fromFloat16Bits, toFloat16Bits } from '../../src/artifact/float16.ts'
import type { LeafBooks } from '../../src/regions/leaf-books.ts'
import { type AffineGrid, affineGrid, roundToGrid } from './affine-grid.ts'

export type FloatEncoding = 'uint8' | 'uint16' | 'float16' | 'float32'

/** Numbers that codes count through, and the grid that they are stored on; without one they are float32. */
export type StoredBooks = { readonly books: LeafBooks; readonly grid?: AffineGrid }

export type StoredFloats = {
  readonly encoding: FloatEncoding
  /** Only of affine encodings. */
  readonly grid?: AffineGrid
  /** Of leaves: `encoding` is then that of the codes that count through it. */
  readonly book?: StoredBooks
  /** What a reader gets back: float32 numbers, each of them exactly on the grid or in the book. */
  readonly values: Float64Array
  /** Why a smaller encoding was not taken. */
  readonly escalated?: string
}

/** Each value rounded to the nearest that can be stored; affine grids span the values themselves. */
export function storeFloats(values: Float64Array, encoding: FloatEncoding): StoredFloats {
  switch (encoding) {
    case 'float32':
      return { encoding, values: values.map(Math.fround) }
    case 'float16':
      return storeHalves(values)
    case 'uint8':
    case 'uint16': {
      const grid = affineGrid(values, encoding)
      return { encoding, grid, values: values.map((value) => roundToGrid(grid, value)) }
    }
  }
}

export function roundToFloat16(value: number): number {
  return fromFloat16Bits(toFloat16Bits(value))
}

function storeHalves(values: Float64Array): StoredFloats {
  const halves = values.map(roundToFloat16)
  const overflow = halves.findIndex((value) => !Number.isFinite(value))
  if (overflow < 0) return { encoding: 'float16', values: halves }
  const escalated = `float16: ${values[overflow]} is past its largest number, 65504`
  return { ...storeFloats(values, 'float32'), escalated }
}

export function largestDifference(stored: Float64Array, source: Float64Array): number {
  let largest = 0
  for (let i = 0; i < source.length; i++) largest = Math.max(largest, Math.abs(stored[i] - source[i]))
  return largest
}
