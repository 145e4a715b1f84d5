// A table and its split in, what is wrong with them as an error, or what single features can do, out.

import { createError } from '../../errors.ts'
import { dataLimits } from './data-limits.ts'
import { assertNoLeak, bestThreshold, type OneThreshold } from './one-threshold.ts'
import { sharedRowCount } from './row-key.ts'
import type { RowSplit } from './split-rows.ts'
import { columnOf, type TrainingTable } from './training-table.ts'

export type DataFacts = {
  readonly trainRowCount: number
  readonly heldOutRowCount: number
  /** Of the held-out rows. */
  readonly positives: number
  /** Held-out rows with the features of a row that is trained on. */
  readonly sharedRowCount: number
  /** One a feature, in their order; fitted on the rows to train on. */
  readonly thresholds: readonly OneThreshold[]
}

/** @throws INPUT_INVALID for data that a model must not be trained on, with the reason */
export function checkData(table: TrainingTable, split: RowSplit): DataFacts {
  const { trainRows, heldOutRows } = split
  assertAtLeast('rows to train on', trainRows.length, dataLimits.leastTrainRows)
  assertAtLeast('held-out rows', heldOutRows.length, dataLimits.leastHeldOutRows)
  for (const [side, rows] of [
    ['to train on', trainRows],
    ['held out', heldOutRows],
  ] as const)
    for (const wanted of [0, 1])
      assertAtLeast(
        `rows ${side} with ${wanted} as target`,
        rows.filter((row) => table.target[row] === wanted).length,
        dataLimits.leastRowsOfClass,
      )
  assertColumns(table, trainRows)
  assertGroupsApart(table, split)
  const shared = sharedRowCount(table, trainRows, heldOutRows)
  if (shared > dataLimits.mostSharedRowShare * heldOutRows.length)
    throw invalid(
      `at most ${100 * dataLimits.mostSharedRowShare} % of the held-out rows may equal a row that is trained on, got ` +
        `${shared} of ${heldOutRows.length}; remove repeated rows, or name the column that they share under data.group`,
    )
  const thresholds = table.featureNames.map((_, feature) => bestThreshold(table, feature, trainRows))
  const positiveShare = trainRows.filter((row) => table.target[row] === 1).length / trainRows.length
  assertNoLeak(thresholds, Math.min(positiveShare, 1 - positiveShare))
  return {
    trainRowCount: trainRows.length,
    heldOutRowCount: heldOutRows.length,
    positives: heldOutRows.filter((row) => table.target[row] === 1).length,
    sharedRowCount: shared,
    thresholds,
  }
}

function assertAtLeast(what: string, got: number, least: number): void {
  if (got < least) throw invalid(`there must be at least ${least} ${what}, got ${got}; collect more data`)
}

function assertColumns(table: TrainingTable, rows: Int32Array): void {
  const seen = new Map<string, string>()
  table.featureNames.forEach((name, feature) => {
    const values = columnOf(table, feature, rows)
    const missing = values.filter((value) => Number.isNaN(value)).length
    if (missing > dataLimits.mostMissingShare * rows.length)
      throw invalid(
        `feature ${name} is missing in ${missing} of ${rows.length} rows; take it out of data.features`,
        name,
      )
    const first = values.find((value) => !Number.isNaN(value))
    if (values.every((value) => value === first))
      throw invalid(`feature ${name} is ${first} in every row; take it out of data.features`, name)
    const key = values.join()
    const twin = seen.get(key)
    if (twin !== undefined) throw invalid(`features ${twin} and ${name} are equal in every row; keep one`, name)
    seen.set(key, name)
  })
}

function assertGroupsApart({ group }: TrainingTable, { trainRows, heldOutRows }: RowSplit): void {
  if (group === undefined) return
  const trained = new Set(Array.from(trainRows, (row) => group[row]))
  const shared = heldOutRows.find((row) => trained.has(group[row]))
  if (shared !== undefined)
    throw invalid(`rows of a group must be on one side of the split; row ${shared + 1} is held out, others are not`)
}

function invalid(message: string, feature?: string): Error {
  return createError('INPUT_INVALID', message, feature === undefined ? {} : { details: { feature } })
}
