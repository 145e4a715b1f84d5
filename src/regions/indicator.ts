// 1 where a value is missing, 0 elsewhere: scikit-learn's MissingIndicator.

import { isMissing } from './impute.ts'
import type { ColumnRef } from './column-ref.ts'

export type Indicator = {
  readonly kind: 'indicator'
  readonly inputs: readonly ColumnRef[]
  readonly missing: readonly number[]
}

export function indicatorValue(region: Indicator, column: number, value: number): number {
  return isMissing(value, region.missing[column]) ? 1 : 0
}
