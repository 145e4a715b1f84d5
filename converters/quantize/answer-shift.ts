// Source and stored tables and rows in, how far the answers moved out, as a share of what parity will allow.

import type { Head } from '../../src/artifact/head.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { Answer } from '../../src/rows/prediction.ts'
import { answerDifference, flat } from '../check/answer-difference.ts'
import { createAnswerReader } from '../check/row-answers.ts'
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

/** Share of made-up rows whose label may change where nothing says how close a call it was. */
const toleratedFlips = 0.01

export type ShiftMeterOptions = {
  readonly rows: readonly Float64Array[]
  /** Say how far answers range, where `rows` lie farther out than most. */
  readonly usualRows: readonly Float64Array[]
  /**
   * For models of several regions, where one row may move by far more than all others: no row may move past the bar nor
   * change its label, and most move by half of it at most. @default false
   */
  readonly isStrict?: boolean
}

export function createShiftMeter(
  source: RegionGraph,
  head: Head,
  { rows, usualRows, isStrict = false }: ShiftMeterOptions,
): ShiftMeter {
  const answersOf = createAnswerReader(head)
  const wanted = answersOf(source, rows)
  const usual = answersOf(source, usualRows)
  const hasProbabilities = [...wanted, ...usual].some((answer) => answer?.probabilities !== undefined)
  const ranges = answerRanges(usual)
  const centers = isStrict ? answerCenters(usual) : undefined
  const [what, bar] = hasProbabilities
    ? (['probabilities', quantizedBars.probability] as const)
    : (['answers, as a share of their range,', quantizedBars.shareOfRange] as const)
  return (stored) => {
    const given = answersOf(stored, rows)
    let flips = 0
    const moves = wanted.flatMap((answer, row) => {
      const other = given[row]
      if (answer === undefined) return []
      // rounding that takes an answer away moves it past any bar
      if (other === undefined) return [Infinity]
      const { parts, isFlipped, gap } = answerDifference(answer, other)
      // what golden answers excuse: sources without probabilities have no close calls
      if (isFlipped && gap > 2 * quantizedBars.probability) flips++
      if (hasProbabilities) return [Math.max(0, ...(parts.probability ?? []))]
      const spans = centers === undefined ? ranges : spansOf(answer, ranges, centers)
      return [shareOfRanges(numbersOf(parts.value, parts.vector, parts.score), spans)]
    })
    const most = quantileOf(moves)
    const flipped = { barUse: flips / rows.length / toleratedFlips, text: `${flips} of ${rows.length} labels change` }
    if (isStrict && flips > 0) return { ...flipped, barUse: Infinity }
    if (!isStrict) {
      const shift = { barUse: most / bar, text: shiftText(what, most, bar) }
      return hasProbabilities || flipped.barUse < shift.barUse ? shift : flipped
    }
    const largest = moves.reduce((a, b) => Math.max(a, b), 0)
    return { barUse: Math.max(2 * most, largest) / bar, text: shiftText(what, Math.max(2 * most, largest), bar) }
  }
}

/** Range of each raw column over rows. */
export function rawRanges(graph: RegionGraph, rows: readonly Float64Array[]): Float64Array {
  return Float64Array.from(columnsOf(rows.map((row) => [...interpret(graph, row)])), innerRange)
}

function answerRanges(answers: readonly (Answer | undefined)[]): readonly number[] {
  return numberColumns(answers).map(innerRange)
}

function answerCenters(answers: readonly (Answer | undefined)[]): readonly number[] {
  return numberColumns(answers).map((column) => column.sort((a, b) => a - b)[column.length >>> 1])
}

function numberColumns(answers: readonly (Answer | undefined)[]): number[][] {
  return columnsOf(answers.map((answer) => (answer === undefined ? [] : answerNumbers(answer))))
}

function answerNumbers({ value, vector, scores }: Answer): readonly number[] {
  return numbersOf(flat(value), flat(vector), flat(scores))
}

/** An answer far from all others is itself what makes the range of answers wide. */
function spansOf(answer: Answer, ranges: readonly number[], centers: readonly number[]): readonly number[] {
  return answerNumbers(answer).map((value, column) => {
    const away = Math.abs(value - centers[column])
    return away > ranges[column] ? away : ranges[column]
  })
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
  const answersOf = createAnswerReader(head)
  const best = answersOf(source, rows).flatMap((answer) => {
    const probabilities = flat(answer?.probabilities)
    return probabilities.length === 0 ? [] : [probabilities.reduce((most, p) => Math.max(most, p, 1 - p), 0)]
  })
  return best.sort((a, b) => a - b)[best.length >>> 1] ?? 1
}

function quantileOf(moves: readonly number[]): number {
  const sorted = [...moves].sort((a, b) => a - b)
  return sorted[Math.floor(quantile * (sorted.length - 1))] ?? 0
}

function shiftText(what: string, moved: number, bar: number): string {
  return `${what} move by ${moved.toPrecision(2)} on fresh rows, allowed ${bar}`
}
