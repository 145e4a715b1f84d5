// Raw columns of a row in; copies of them, or an error that names the one that is no number, out.

import { createError } from '../errors.ts'

export function copyColumns(raw: ArrayLike<number>, offset: number, width: number): number[] {
  const copy = new Array<number>(width)
  for (let k = 0; k < width; k++) copy[k] = raw[offset + k]
  return copy
}

/** @throws EXECUTION_FAILED */
export function assertNumbers(raw: ArrayLike<number>, offset: number, width: number): void {
  for (let k = 0; k < width; k++) {
    const value = raw[offset + k]
    // False for NaN, and for undefined past the end of the slab.
    if (value <= Infinity) continue
    throw createError(
      'EXECUTION_FAILED',
      `the model answered ${value === undefined ? 'no number' : 'NaN'} in raw column ${k} of ${width}; expected a number. Check the row for extreme values; other rows are not affected`,
      { details: { column: k } },
    )
  }
}
