// What an explanation asks of a model: a function of columns, of which each belongs to one feature.

export type ColumnModel = {
  /** Feature of each column. */
  readonly featureOf: readonly number[]
  /** The columns of one canonical row. */
  columns(row: ArrayLike<number>): Float64Array
  /** Outputs for the columns of a row. */
  run(columns: Float64Array): Float64Array
}
