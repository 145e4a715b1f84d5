// Columns that travel between the steps of an estimator, and how many there may be.

import { createError } from '../../../src/errors.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'

/** One column that travels between steps; it comes from one raw feature, or is computed from several columns. */
export type Column = {
  readonly ref: ColumnRef
  /** Name by which a ColumnTransformer may still select it. */
  readonly name?: string
  /** Which raw feature it comes from; undefined where it is computed from several columns. */
  readonly feature: number | undefined
  /** Where `feature` is undefined, the columns that it is computed from; one list for all columns of a region. */
  readonly from?: readonly Column[]
  /** `feature`: still in the domain of the raw feature, maybe imputed. `number`: a number that was computed. */
  readonly domain: 'feature' | 'number'
  /** What the column holds where the raw feature is missing; NaN where missing is still NaN. */
  readonly missing: number
}

export type ColumnSet = {
  readonly columns: readonly Column[]
  /** True where scikit-learn holds them in a sparse matrix here: some steps round differently then. */
  readonly isSparse: boolean
}

/**
 * Columns side by side, or categories of one encoder. A pickle may name one list many times, and unions of unions
 * multiply columns; a model with some millions of them would have weights of gigabytes. Hashers of words and of characters
 * have two millions together.
 */
const columnCountLimit = 2 ** 22

/** @throws LIMIT_EXCEEDED */
export function assertColumnCount(count: number): void {
  if (count <= columnCountLimit) return
  throw createError('LIMIT_EXCEEDED', `${count} columns side by side are more than the limit of ${columnCountLimit}.`)
}
