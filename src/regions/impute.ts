// Missing values in, a fixed value a column out: scikit-learn's SimpleImputer.

import type { ColumnRef } from './column-ref.ts'

export type Impute = {
  readonly kind: 'impute'
  readonly inputs: readonly ColumnRef[]
  /** Per column, the value that stands for missing; NaN where NaN does. */
  readonly missing: readonly number[]
  /** Per column, what a missing value becomes. */
  readonly fill: readonly number[]
}

export function isMissing(value: number, missing: number): boolean {
  return Number.isNaN(missing) ? Number.isNaN(value) : value === missing
}

export function imputeValue(region: Impute, column: number, value: number): number {
  return isMissing(value, region.missing[column]) ? region.fill[column] : value
}
