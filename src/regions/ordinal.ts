// One category in, one number out: scikit-learn's OrdinalEncoder.

import { keyIndex } from './one-hot.ts'
import type { ColumnRef } from './column-ref.ts'

export type OrdinalColumn = {
  /** Canonical values that are known; NaN is the missing category. */
  readonly keys: readonly number[]
  /** Per key, the number it becomes (NaN is legal). */
  readonly values: readonly number[]
  /** What an unknown value becomes. */
  readonly unknownValue: number
}

export type Ordinal = {
  readonly kind: 'ordinal'
  readonly inputs: readonly ColumnRef[]
  readonly columns: readonly OrdinalColumn[]
}

export function ordinalValue(region: Ordinal, column: number, value: number): number {
  const { keys, values, unknownValue } = region.columns[column]
  const index = keyIndex(keys, value)
  return index < 0 ? unknownValue : values[index]
}
