// Raw features in, small integers out: how many flip points lie below a value, or whether a category is in a set.

import { isMissing } from './impute.ts'
import type { ColumnRef } from './column-ref.ts'
import { createKeyTable } from './key-table.ts'
import { keyIndex } from './one-hot.ts'

/**
 * `rank`: the number of flip points below the value, so that value <= flipPoints[j] exactly where rank <= j.
 * A missing value gets 0 (`lowest`, left at every node) or flipPoints.length (`highest`, right at every node).
 */
export type RankColumn = {
  readonly kind: 'rank'
  /** Ascending and distinct; ±Infinity are legal. */
  readonly flipPoints: Float64Array
  /** The value that stands for missing; NaN where NaN does. */
  readonly missingValue: number
  readonly missing: 'lowest' | 'highest'
}

/** `member`: 1 where the value goes right, 0 where it goes left; tested against rank 0. */
export type MemberColumn = {
  readonly kind: 'member'
  /** Canonical values; NaN is missing. */
  readonly keys: readonly number[]
  /** Per key, 1 for right. */
  readonly bits: readonly (0 | 1)[]
  readonly unknownBit: 0 | 1
}

export type RanksColumn = RankColumn | MemberColumn

export type Ranks = {
  readonly kind: 'ranks'
  /** One input a column; a feature may come more than once. */
  readonly inputs: readonly ColumnRef[]
  readonly columns: readonly RanksColumn[]
  /**
   * Per column, which column of the source's trees its tests were made on: the player of an explanation. Columns of one
   * input may have several (one-hot columns, an indicator). @default one player an input
   */
  readonly players?: readonly number[]
}

/** Number of entries of `sorted` below `value`. */
export function countBelow(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (sorted[middle] < value) low = middle + 1
    else high = middle
  }
  return low
}

const memberFunctions = new WeakMap<MemberColumn, (value: number) => number>()

/** `rankValue` of the column, made once however many readers it has. */
export function memberFunction(column: MemberColumn): (value: number) => number {
  let compute = memberFunctions.get(column)
  if (compute === undefined)
    memberFunctions.set(column, (compute = createKeyTable(column.keys, column.bits, column.unknownBit)))
  return compute
}

/** Up to here it is as quick to look through the keys. */
const fewKeys = 16

export function rankValue(column: RanksColumn, value: number): number {
  if (column.kind === 'member') {
    if (column.keys.length > fewKeys) return memberFunction(column)(value)
    const index = keyIndex(column.keys, value)
    return index < 0 ? column.unknownBit : column.bits[index]
  }
  if (Number.isNaN(value) || isMissing(value, column.missingValue))
    return column.missing === 'lowest' ? 0 : column.flipPoints.length
  return countBelow(column.flipPoints, value)
}
