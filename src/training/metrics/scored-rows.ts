// What was true and what a model answered in, rows from the surest yes to the surest no out: what every measure takes.

import { createError } from '../../errors.ts'
import type { RankedRows } from '../../monitoring/roc-auc.ts'

/** `output` is the model's own. */
export type ScoredRows = RankedRows & {
  /** In [0, 1]. [rowCount] */
  readonly probability: Float64Array
  /** What was decided, 0 or 1. [rowCount] */
  readonly decided: Uint8Array
  /** Number of the row, as it was given, at each place. [rowCount] */
  readonly order: Int32Array
}

export type Decide = {
  /** On the scale of `output`. */
  readonly threshold: number
  /** `output ÷ scale` is a probability. @default 1 */
  readonly scale?: number
}

/**
 * A value below 0 or over 1, as a boosted regressor may give, counts as 0 or 1 where it is read as a probability; it is
 * decided about, and ranked, as it is.
 * @param output the model's own: a probability or a value. [truth.length]
 * @throws INPUT_INVALID for lengths that differ, no row, a truth that is neither 0 nor 1, or an output that is not finite
 */
export function scoredRows(
  truth: Uint8Array,
  output: Float64Array,
  { threshold, scale = 1 }: Decide = { threshold: 0.5 },
): ScoredRows {
  const rowCount = truth.length
  if (rowCount === 0 || output.length !== rowCount)
    throw createError(
      'INPUT_INVALID',
      `measures need as many answers as rows, and at least one row; got ${output.length} answers and ${rowCount} rows`,
    )
  for (let row = 0; row < rowCount; row++) {
    if (truth[row] > 1) throw invalid('truth', '0 or 1', truth[row], row)
    if (!Number.isFinite(output[row])) throw invalid('an answer', 'a finite number', output[row], row)
  }
  const order = Int32Array.from(truth, (_, row) => row).sort((a, b) => output[b] - output[a] || a - b)
  return {
    rowCount,
    truth: Uint8Array.from(order, (row) => truth[row]),
    output: Float64Array.from(order, (row) => output[row]),
    probability: Float64Array.from(order, (row) => Math.min(1, Math.max(0, output[row] / scale))),
    decided: Uint8Array.from(order, (row) => (output[row] >= threshold ? 1 : 0)),
    order,
  }
}

function invalid(what: string, expected: string, got: number, row: number): Error {
  return createError('INPUT_INVALID', `${what} must be ${expected}, got ${got} at row ${row}`, { details: { row } })
}
