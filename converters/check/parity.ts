// Golden answers and the finished model's in, a report of how far they lie apart and whether that is allowed out.

import type { Answer } from '../../src/rows/prediction.ts'
import type { QuantizeMode } from '../quantize/quantize-mode.ts'
import {
  type AnswerDifference,
  answerDifference,
  type AnswerPart,
  answerPartNames,
  largestDifferences,
  mergeLargest,
} from './answer-difference.ts'
import { quantizedBars, resolveTolerance, type Tolerance, type ToleranceOption } from './tolerance.ts'

export type ParityRow = {
  /** Index among the golden rows. */
  readonly row: number
  /** Largest difference as a share of what is allowed; 1 and less passes. */
  readonly use: number
  readonly isFlipped: boolean
  readonly differences: Readonly<Partial<Record<AnswerPart, number>>>
}

export type ParityReport = {
  readonly isPassed: boolean
  readonly rowCount: number
  /** Labels that differ, and those of them that a close call does not excuse. */
  readonly labelFlips: number
  readonly unexcusedFlips: number
  /** Largest difference over all rows, part by part. */
  readonly largest: Readonly<Partial<Record<AnswerPart, number>>>
  /** Largest difference that each part is allowed; absent where the part is only reported. */
  readonly tolerance: Readonly<Partial<Record<AnswerPart, number>>>
  /** Rows that used most of their tolerance, worst first. */
  readonly worstRows: readonly ParityRow[]
}

const shownRows = 5

export function compareWithGolden(
  golden: readonly Answer[],
  given: readonly Answer[],
  options: {
    readonly mode: QuantizeMode
    readonly tolerance?: ToleranceOption
    /** Added to the tolerance of each row: what float32 arithmetic costs there at least. @default none */
    readonly noise?: readonly number[]
  },
): ParityReport {
  const tolerance = resolveTolerance(options.mode, golden, options.tolerance)
  const excusedGap = 2 * (options.tolerance?.probability ?? probabilityBar(options.mode))
  const differences = golden.map((answer, row) => answerDifference(answer, given[row]))
  const rows = differences.map((difference, row): ParityRow => {
    const isExcused = !difference.isFlipped || difference.gap <= excusedGap
    return {
      row,
      use: isExcused ? toleranceUse(difference, tolerance, options.noise?.[row] ?? 0) : Infinity,
      isFlipped: difference.isFlipped,
      differences: largestDifferences(difference),
    }
  })
  const worst = [...rows].sort((a, b) => b.use - a.use || a.row - b.row)
  return {
    isPassed: worst[0].use <= 1,
    rowCount: rows.length,
    labelFlips: rows.filter(({ isFlipped }) => isFlipped).length,
    unexcusedFlips: differences.filter(({ isFlipped, gap }) => isFlipped && gap > excusedGap).length,
    largest: mergeLargest(rows.map((row) => row.differences)),
    tolerance: Object.fromEntries(
      Object.entries(tolerance).map(([part, columns]) => [part, columns.reduce((a, b) => Math.max(a, b), 0)]),
    ),
    worstRows: worst.slice(0, shownRows),
  }
}

function probabilityBar(mode: QuantizeMode): number {
  return mode === 'none' ? 1e-6 : quantizedBars.probability
}

function toleranceUse({ parts }: AnswerDifference, tolerance: Tolerance, noise: number): number {
  let use = 0
  for (const part of answerPartNames) {
    const allowed = tolerance[part]
    if (allowed === undefined) continue
    parts[part]?.forEach((difference, column) => {
      if (difference > 0) use = Math.max(use, difference / (allowed[column] + noise))
    })
  }
  return use
}
