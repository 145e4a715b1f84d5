// Affine maps a column, in float64 and in the source's own order of operations, so that results are equal bit for bit.

import type { ColumnRef } from './column-ref.ts'

export type Scale = {
  readonly kind: 'scale'
  readonly inputs: readonly ColumnRef[]
  /** `subtract-divide`: (x − first) / second. `multiply-add`: x · first + second, two roundings. */
  readonly form: 'subtract-divide' | 'multiply-add'
  readonly first: readonly number[]
  readonly second: readonly number[]
  /** Result clipped to [low, high]; NaN stays NaN. */
  readonly clip?: readonly [number, number]
}

export function scaleValue(region: Scale, column: number, value: number): number {
  const scaled =
    region.form === 'subtract-divide'
      ? (value - region.first[column]) / region.second[column]
      : value * region.first[column] + region.second[column]
  if (region.clip === undefined) return scaled
  if (scaled < region.clip[0]) return region.clip[0]
  return scaled > region.clip[1] ? region.clip[1] : scaled
}
