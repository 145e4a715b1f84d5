// A mode of quantization and golden answers in, how far answers may differ from them, column by column, out.

import type { Answer } from '../../src/rows/prediction.ts'
import type { QuantizeMode } from '../quantize/quantize-mode.ts'
import { type AnswerPart, answerPartNames, answerParts, flat } from './answer-difference.ts'

/** What quantizing may cost at most: the promise of uint8, and of the wider modes too. */
export const quantizedBars = {
  /** Labels may flip where the two best probabilities lie less than twice this apart. */
  probability: 0.01,
  /** Of the range of the golden answers of a column, for values and vectors. */
  shareOfRange: 0.005,
} as const

/** Unquantized graphs differ from the source by float32 arithmetic alone. */
export const floatBars = { relative: 1e-5, absolute: 1e-6 } as const

/** Each a largest absolute difference. */
export type ToleranceOption = Readonly<Partial<Record<AnswerPart, number>>>

/** Largest difference of each column; a part that is not there is reported, and held to nothing. */
export type Tolerance = Readonly<Partial<Record<AnswerPart, readonly number[]>>>

export function resolveTolerance(
  mode: QuantizeMode,
  golden: readonly Answer[],
  wished: ToleranceOption = {},
): Tolerance {
  const tolerance: Partial<Record<AnswerPart, readonly number[]>> = {}
  for (const part of answerPartNames) {
    const columns = columnsOf(golden.map((answer) => flat(answer[answerParts[part]])))
    if (columns.length === 0) continue
    const wish = wished[part]
    if (wish !== undefined) tolerance[part] = columns.map(() => wish)
    else if (mode === 'none') tolerance[part] = columns.map((column) => floatTolerance(part, column))
    else if (part === 'probability') tolerance[part] = columns.map(() => quantizedBars.probability)
    // Scores say nothing that probabilities do not; where a source has only scores, they are held like values.
    else if (part !== 'score' || golden.every(({ probabilities }) => probabilities === undefined))
      tolerance[part] = columns.map(quantizedTolerance)
  }
  return tolerance
}

function floatTolerance(part: AnswerPart, column: readonly number[]): number {
  if (part === 'probability') return floatBars.relative
  const largest = largestOf(column)
  return floatBars.relative * largest + floatBars.absolute * Math.max(1, largest)
}

function quantizedTolerance(column: readonly number[]): number {
  return quantizedBars.shareOfRange * rangeOf(column) + floatTolerance('value', column)
}

/** Highest minus lowest; of equal answers their size, since one row has no range. */
function rangeOf(column: readonly number[]): number {
  const numbers = column.filter(Number.isFinite)
  const range = numbers.reduce((a, b) => Math.max(a, b), -Infinity) - numbers.reduce((a, b) => Math.min(a, b), Infinity)
  return range > 0 ? range : largestOf(column)
}

function largestOf(column: readonly number[]): number {
  return column.reduce((largest, value) => (Number.isFinite(value) ? Math.max(largest, Math.abs(value)) : largest), 0)
}

/** Rows to columns; no columns where no row has any. */
export function columnsOf(rows: readonly (readonly number[])[]): number[][] {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0)
  return Array.from({ length: width }, (_, k) => rows.flatMap((row) => (k < row.length ? [row[k]] : [])))
}
