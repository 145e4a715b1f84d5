// The slabs of a batch and what a model reads or writes in, the one slab that fits out, or an error that says what does not.

import { createError } from '../errors.ts'
import type { Slab } from './port.ts'

/** @throws EXECUTION_FAILED where no slab has that name, width and room for `rowCount` rows */
export function slabOf(
  slabs: readonly Slab[],
  wanted: { readonly name: string; readonly width: number },
  rowCount: number,
): Slab {
  const slab = slabs.find(({ name }) => name === wanted.name)
  if (slab !== undefined && slab.width === wanted.width && slab.values.length >= rowCount * wanted.width) return slab
  const got = slab === undefined ? 'none' : `width ${slab.width} and ${slab.values.length} values`
  throw createError(
    'EXECUTION_FAILED',
    `slab ${wanted.name} must have width ${wanted.width} and hold ${rowCount} rows, got ${got}`,
  )
}
