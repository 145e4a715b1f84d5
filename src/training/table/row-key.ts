// A row of a table in, a text that is the same for rows with equal features out.

import type { TrainingTable } from './training-table.ts'

export function rowKey({ features, featureNames }: TrainingTable, row: number): string {
  const width = featureNames.length
  return features.subarray(row * width, (row + 1) * width).join()
}

/** Of the second rows, how many have the features of one of the first. */
export function sharedRowCount(table: TrainingTable, first: Int32Array, second: Int32Array): number {
  const keys = new Set(Array.from(first, (row) => rowKey(table, row)))
  return second.reduce((count, row) => count + (keys.has(rowKey(table, row)) ? 1 : 0), 0)
}
