// The slabs of a batch and what a model reads or writes in, the one slab that fits out, or an error that says what does not.

import { createError } from '../errors.ts'
import type { AnySlab, RowSlab, Slab } from './port.ts'

/** @throws EXECUTION_FAILED where no slab has that name, width and room for `rowCount` rows */
export function slabOf(slabs: readonly AnySlab[], wanted: WantedSlab, rowCount: number): Slab {
  const slab = anySlabOf(slabs, wanted, rowCount)
  if (slab.values instanceof Float32Array) return slab as Slab
  throw misfit(wanted, rowCount, 'float64 values')
}

/** The same for slabs of float64. */
export function rowSlabOf(slabs: readonly AnySlab[], wanted: WantedSlab, rowCount: number): RowSlab {
  const slab = anySlabOf(slabs, wanted, rowCount)
  if (slab.values instanceof Float64Array) return slab as RowSlab
  throw misfit(wanted, rowCount, 'float32 values')
}

/** The same for slabs of either type. */
export function anySlabOf(slabs: readonly AnySlab[], wanted: WantedSlab, rowCount: number): AnySlab {
  const slab = slabs.find(({ name }) => name === wanted.name)
  if (slab !== undefined && slab.width === wanted.width && slab.values.length >= rowCount * wanted.width) return slab
  throw misfit(wanted, rowCount, slab === undefined ? 'none' : `width ${slab.width} and ${slab.values.length} values`)
}

type WantedSlab = { readonly name: string; readonly width: number }

function misfit(wanted: WantedSlab, rowCount: number, got: string): Error {
  return createError(
    'EXECUTION_FAILED',
    `slab ${wanted.name} must have width ${wanted.width} and hold ${rowCount} rows, got ${got}`,
  )
}
