// One value in, a block of zeros with at most one 1 out: scikit-learn's OneHotEncoder.

import type { ColumnRef } from './column-ref.ts'

export type OneHotColumn = {
  /** Canonical values that are known; NaN is the missing category. */
  readonly keys: readonly number[]
  /** Per key, which output of the block is 1; −1 none (a dropped category). */
  readonly slots: readonly number[]
  /** Number of outputs of the block. */
  readonly width: number
  /** Which output an unknown value sets; −1 none. */
  readonly unknownSlot: number
}

export type OneHot = {
  readonly kind: 'one-hot'
  readonly inputs: readonly ColumnRef[]
  /** One block an input; blocks follow each other in the output. */
  readonly columns: readonly OneHotColumn[]
}

/** Index of `value` in `keys`, NaN equal to NaN; −1 where it is not there. */
export function keyIndex(keys: readonly number[], value: number): number {
  if (!Number.isNaN(value)) return keys.indexOf(value)
  for (let i = 0; i < keys.length; i++) if (Number.isNaN(keys[i])) return i
  return -1
}

export function oneHotSlot(column: OneHotColumn, value: number): number {
  const index = keyIndex(column.keys, value)
  return index < 0 ? column.unknownSlot : column.slots[index]
}

/** Which input and which slot of its block output column `column` is. */
export function oneHotPosition(region: OneHot, column: number): { input: number; slot: number } {
  let rest = column
  for (let input = 0; input < region.columns.length; input++) {
    if (rest < region.columns[input].width) return { input, slot: rest }
    rest -= region.columns[input].width
  }
  throw new RangeError(`one-hot region has no output column ${column}`)
}
