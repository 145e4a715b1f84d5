// What training reads of a data file: features, target and the columns that splitting and judging need.

export type TrainingTable = {
  readonly rowCount: number
  readonly featureNames: readonly string[]
  /** Row-major [rowCount, features]; NaN is missing. */
  readonly features: Float64Array
  /** 0 or 1. [rowCount] */
  readonly target: Uint8Array
  /** Where a simulator knows it. [rowCount] */
  readonly trueProbability?: Float64Array
  /** Rows with the same number belong together. [rowCount] */
  readonly group?: Int32Array
  /** Of a split by time. [rowCount] */
  readonly time?: Float64Array
  /** 1 for rows that a model may be judged on: those of `evaluateWhere`. [rowCount] */
  readonly isJudged: Uint8Array
  /** Lowercase hex SHA-256 of the file. */
  readonly sha256: string
}

/** Values of a feature in chosen rows. */
export function columnOf(table: TrainingTable, feature: number, rows: Int32Array): Float64Array {
  const width = table.featureNames.length
  return Float64Array.from(rows, (row) => table.features[row * width + feature])
}

/** The row as JSON has it, in the order of the features; null where it is missing. */
export function jsonRow(table: TrainingTable, row: number): (number | null)[] {
  const width = table.featureNames.length
  return Array.from(table.features.subarray(row * width, (row + 1) * width), (value) =>
    Number.isNaN(value) ? null : value,
  )
}

export function targetOf(table: TrainingTable, rows: Int32Array): Uint8Array {
  return Uint8Array.from(rows, (row) => table.target[row])
}
