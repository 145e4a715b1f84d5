// How the items of a NumPy array lie in memory: kind, length, byte order, and fields where they are structured.
import type { NdKind } from './values.ts'

export type Dtype = {
  /** As in NdArray; 'opaque' (complex, dates, long double, raw void) is carried as bytes and never interpreted. */
  readonly kind: NdKind | 'opaque'
  readonly itemByteLength: number
  readonly isLittleEndian: boolean
  /** Set for structured dtypes only. */
  readonly fields: readonly DtypeField[] | undefined
  /** Set for a field that holds a small array of another dtype. */
  readonly subarray: { readonly base: Dtype; readonly shape: readonly number[] } | undefined
  readonly hasObjects: boolean
  /** Fields on all levels. */
  readonly fieldCount: number
}

export type DtypeField = { readonly name: string; readonly dtype: Dtype; readonly byteOffset: number }
