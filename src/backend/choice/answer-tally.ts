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
}

export function createAnswerTally({ answers, bounds, rawWidth }: Probe): AnswerTally {
  const sizes = new Set<number>()
  const wrong = new Set<number>()
  /** What the rows gave alone, where nobody says what they must give; both sides then round. */
  const alone: Float64Array[] = []
  let worst: AnswerFault | undefined
  let worstExcess = 0

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
    add(batchRows, row, values, at) {
      sizes.add(batchRows)
      const wanted = answers?.[row] ?? alone[row]
      if (wanted === undefined) {
        alone[row] = Float64Array.from(values.subarray(at, at + rawWidth))
        return
      }
      for (let column = 0; column < rawWidth; column++) {
        const [got, expected] = [values[at + column], wanted[column]]
        const difference = distance(got, expected)
        const bound = (answers === undefined ? 2 : 1) * bounds[row][column]
        if (difference === 0 || difference <= bound) continue
        wrong.add(batchRows)
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
