// Answers of a backend by row and batch size in; the one farthest beyond what rounding explains, and the sizes that are wrong, out.

import type { Probe } from './probe.ts'

export type AnswerFault = {
  /** Size of the batch that the row was in. */
  readonly batchRows: number
  readonly row: number
  readonly column: number
  readonly got: number
  readonly expected: number
  readonly difference: number
  readonly bound: number
}

export type AnswerTally = {
  /** Takes the answer to probe row `row`, `values[at …]`. */
  add(batchRows: number, row: number, values: Float32Array, at: number): void
  /** Sizes seen, in order of their first answer. */
  readonly batchSizes: readonly number[]
  /** Those with an answer beyond its bound. */
  readonly wrongSizes: readonly number[]
  readonly worst: AnswerFault | undefined
  /** Rows with an answer beyond its bound, in whatever batch. */
  readonly wrongRowCount: number
  /** Largest distance of a row's answer in a batch from the one it gave alone; 0 before both are there. */
  readonly batchDifference: number
}

export function createAnswerTally({ answers, bounds, rawWidth }: Probe): AnswerTally {
  const sizes = new Set<number>()
  const wrong = new Set<number>()
  const wrongRows = new Set<number>()
  /** What the rows gave alone: what batches must give, and all there is to compare where nobody says what is right. */
  const alone: (Float64Array | undefined)[] = []
  let worst: AnswerFault | undefined
  let worstExcess = 0
  let batchDifference = 0

  return {
    get batchSizes() {
      return [...sizes]
    },
    get wrongSizes() {
      return [...wrong]
    },
    get worst() {
      return worst
    },
    get wrongRowCount() {
      return wrongRows.size
    },
    get batchDifference() {
      return batchDifference
    },
    add(batchRows, row, values, at) {
      sizes.add(batchRows)
      const before = alone[row]
      if (before !== undefined)
        for (let column = 0; column < rawWidth; column++)
          batchDifference = Math.max(batchDifference, distance(values[at + column], before[column]))
      else if (batchRows === 1 || answers === undefined)
        alone[row] = Float64Array.from(values.subarray(at, at + rawWidth))
      const wanted = answers?.[row] ?? before
      // both sides round where nobody says what is right
      if (wanted === undefined) return
      for (let column = 0; column < rawWidth; column++) {
        const [got, expected] = [values[at + column], wanted[column]]
        const difference = distance(got, expected)
        const bound = (answers === undefined ? 2 : 1) * bounds[row][column]
        if (difference === 0 || difference <= bound) continue
        wrong.add(batchRows)
        wrongRows.add(row)
        // a bound of 0 is exceeded infinitely by anything
        const excess = bound > 0 ? difference / bound : Infinity
        if (excess <= worstExcess && worst !== undefined) continue
        worstExcess = excess
        worst = { batchRows, row, column, got, expected, difference, bound }
      }
    },
  }
}

/** 0 where both are NaN or the same infinity; infinite where only one of them is. */
function distance(got: number, expected: number): number {
  if (Object.is(got, expected) || got === expected) return 0
  const difference = Math.abs(got - expected)
  return Number.isNaN(difference) ? Infinity : difference
}
