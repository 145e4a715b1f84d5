// Source and stored tables and rows in, how far the answers moved out, as a share of what parity will allow.

import type { Head } from '../../src/artifact/head.ts'
import { isMLError } from '../../src/errors.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { createDecoder } from '../../src/rows/decode.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { answerDifference, flat } from '../check/answer-difference.ts'
import { columnsOf, quantizedBars } from '../check/tolerance.ts'

export type AnswerShift = {
  /** 1 where the answers moved just as far as parity allows. */
  readonly barUse: number
  /** For the report: `probabilities move by 0.0123 on generated rows, allowed 0.01`. */
  readonly text: string
}

export type ShiftMeter = (stored: RegionGraph) => AnswerShift

/**
 * Rows that were made up reach corners that no real row does, so the bar is held against the row that 99 of 100 stay
 * below.
 */
const quantile = 0.99

/** `usualRows` say how far answers range, where `rows` lie farther out than most. */
export function createShiftMeter(
  source: RegionGraph,
  head: Head,
  { rows, usualRows }: { readonly rows: readonly Float64Array[]; readonly usualRows: readonly Float64Array[] },
): ShiftMeter {
  const answersOf = answerReader(head)
  const wanted = rows.map((row) => answersOf(source, row))
  const ranges = answerRanges(usualRows.map((row) => answersOf(source, row)))
  return (stored) => {
    const given = rows.map((row) => answersOf(stored, row))
    const differences = wanted.flatMap((answer, row) => {
      const other = given[row]
      return answer === undefined || other === undefined ? [] : [answerDifference(answer, other).parts]
    })
    if (head.kind === 'classifier' || head.kind === 'multilabel') {
      const moves = differences.map(({ probability = [] }) => Math.max(0, ...probability))
      return shiftOf('probabilities', quantileOf(moves), quantizedBars.probability)
    }
    const moves = differences.map((parts) => shareOfRanges(numbersOf(parts.value, parts.vector, parts.score), ranges))
    return shiftOf('answers, as a share of their range,', quantileOf(moves), quantizedBars.shareOfRange)
  }
}

/** Range of each raw column over rows. */
export function rawRanges(graph: RegionGraph, rows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(columnsOf(rows.map((row) => [...interpret(graph, row)])), innerRange)
}

function answerRanges(answers: readonly (Answer | undefined)[]): readonly number[] {
  return columnsOf(
    answers.map((answer) => numbersOf(flat(answer?.value), flat(answer?.vector), flat(answer?.scores))),
  ).map(innerRange)
}

/** Highest minus lowest, the outer 2 % on both sides left out, which few rows of a sample reach. */
function innerRange(column: readonly number[]): number {
  const sorted = column.filter(Number.isFinite).sort((a, b) => a - b)
  const last = sorted.length - 1
  return last < 0 ? 0 : sorted[Math.ceil(0.98 * last)] - sorted[Math.floor(0.02 * last)]
}

function numbersOf(...parts: readonly (readonly number[] | undefined)[]): readonly number[] {
  return parts.flatMap((part) => part ?? [])
}

function shareOfRanges(moves: readonly number[], ranges: readonly number[]): number {
  return Math.max(0, ...moves.map((moved, column) => (moved === 0 ? 0 : moved / ranges[column])))
}

/** How sure a classifier is of the answer to half of the rows: its larger probability. */
export function usualSureness(source: RegionGraph, head: Head, rows: readonly Float64Array[]): number {
  const answersOf = answerReader(head)
  const best = rows.flatMap((row) => {
    const probabilities = flat(answersOf(source, row)?.probabilities)
    return probabilities.length === 0 ? [] : [probabilities.reduce((most, p) => Math.max(most, p, 1 - p), 0)]
  })
  return best.sort((a, b) => a - b)[best.length >>> 1] ?? 1
}

function answerReader(head: Head): (graph: RegionGraph, row: Float64Array) => Answer | undefined {
  const decode = createDecoder(head)
  return (graph, row) => {
    try {
      return decode(interpret(graph, row), 0)
    } catch (error) {
      // A made-up row may run out of the numbers; it says nothing about rounding.
      if (isMLError(error) && error.code === 'EXECUTION_FAILED') return undefined
      throw error
    }
  }
}

function quantileOf(moves: readonly number[]): number {
  const sorted = [...moves].sort((a, b) => a - b)
  return sorted[Math.floor(quantile * (sorted.length - 1))] ?? 0
}

function shiftOf(what: string, moved: number, bar: number): AnswerShift {
  return { barUse: moved / bar, text: `${what} move by ${moved.toPrecision(2)} on fresh rows, allowed ${bar}` }
}
