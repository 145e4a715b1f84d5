// Check rows in, short JSON out, in which long rows that are mostly 0 list what is not; and back.

import { createError } from '../errors.ts'
import type { CheckRows } from './metadata.ts'
import { closedObject, finite, integer, listOf, nullable, type ValueOf } from './shape.ts'
import { fromSteps, toSteps } from './steps.ts'

const rowShape = listOf(nullable(finite))
const rowsShape = listOf(rowShape)

/** Places as steps, and the number at each; all others are 0. */
const sparseRowShape = closedObject({ steps: listOf(integer(0)), values: rowShape })
type SparseRow = ValueOf<typeof sparseRowShape>
type Row = CheckRows['rows'][number]

/** At most 64 rows are stored; a reader replays all of them at each load. */
const maxCheckRows = 64

export const storedCheckShape = closedObject({
  rows: listOf(
    { issueOf: (value: unknown) => (isSparse(value) ? sparseRowShape : rowShape).issueOf(value) },
    { most: maxCheckRows },
  ),
  exact: rowsShape,
  quantized: rowsShape,
})
export type StoredCheckRows = Omit<CheckRows, 'rows'> & { readonly rows: readonly (Row | SparseRow)[] }

/** Shorter rows take little either way. */
const fewestNumbers = 256
const mostFilledShare = 1 / 4

export function storeCheckRows(check: CheckRows): StoredCheckRows {
  return { ...check, rows: check.rows.map(storeRow) }
}

/** Of all short rows together, so that a few bytes do not ask for gigabytes: four rows of the widest model. */
export const mostCheckNumbers = 1 << 22

/** @throws VALIDATION_FAILED where a row names a place that rows of `width` numbers do not have; LIMIT_EXCEEDED */
export function restoreCheckRows(stored: StoredCheckRows, width: number): CheckRows {
  const numbers = width * stored.rows.filter(isSparse).length
  if (numbers > mostCheckNumbers)
    throw createError('LIMIT_EXCEEDED', `check rows may have ${mostCheckNumbers} numbers, got ${numbers}`)
  return { ...stored, rows: stored.rows.map((row, at) => (isSparse(row) ? restoreRow(row, width, at) : row)) }
}

function isSparse(row: unknown): row is SparseRow {
  return typeof row === 'object' && row !== null && Object.hasOwn(row, 'steps')
}

function storeRow(row: Row): Row | SparseRow {
  if (row.length < fewestNumbers) return row
  const places = row.flatMap((value, at) => (value === 0 ? [] : [at]))
  if (places.length > mostFilledShare * row.length) return row
  return { steps: toSteps(places), values: places.map((at) => row[at]) }
}

function restoreRow({ steps, values }: SparseRow, width: number, at: number): Row {
  const places = fromSteps(steps)
  if (places.length !== values.length || places.some((place) => place >= width))
    throw createError(
      'VALIDATION_FAILED',
      `check.rows.${at} must have a value for each of its steps, and ${width} numbers; convert the model again`,
    )
  const row = new Array<number | null>(width).fill(0)
  places.forEach((place, i) => (row[place] = values[i]))
  return row
}
