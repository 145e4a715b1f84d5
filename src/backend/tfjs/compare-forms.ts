// Two ways to compute the same graph in; whether they answer alike, and how much faster the second is, out.

import type { FrozenGraph } from '../saved-model/saved-model.ts'
import type { ComputeSlice, Slice } from './batch-model.ts'

export type FormComparison = {
  readonly isAlike: boolean
  /** Largest difference of an output, as a part of that output's largest value. */
  readonly difference: number
  /** Time of the first by time of the second, over the compared sizes. */
  readonly speedUp: number
}

export type ComparedForms = { readonly known: ComputeSlice; readonly other: ComputeSlice }

/** One row, and what a few dozens of callers make. */
const comparedSizes = [1, 64] as const

/** Both round; a wrong operation is off by more. What rounding really explains, the check rows tell before a model serves. */
const maxDifference = 1e-3

/** The least disturbed of some turns counts: a stall of the machine may take some in a row. Where they are long, they need not be many. */
const turns = { fewest: 2, some: 5, most: 15 } as const
const budgetMs = { some: 60, most: 10 } as const

/** @param now milliseconds */
export function compareForms(
  { known, other }: ComparedForms,
  { input, output }: Pick<FrozenGraph, 'input' | 'output'>,
  now: () => number,
): FormComparison {
  let difference = 0
  let logarithm = 0
  for (const rowCount of comparedSizes) {
    const slice = { from: 0, rowCount, rows: inventedRows(input, rowCount) }
    // the first runs of both, which take longer: TensorFlow optimizes a graph then
    difference = Math.max(difference, differenceOf(known(slice), other(slice), output.width))
    if (!(difference <= maxDifference)) return { isAlike: false, difference, speedUp: 0 }
    const ratio = timeRatio({ known, other }, slice, now)
    // asked twice: what is slower by itself is so again, and what was disturbed is not
    logarithm += Math.log(ratio >= 1 ? ratio : Math.max(ratio, timeRatio({ known, other }, slice, now)))
  }
  return { isAlike: true, difference, speedUp: Math.exp(logarithm / comparedSizes.length) }
}

/** In turns, so that what disturbs one of them disturbs both. */
function timeRatio({ known, other }: ComparedForms, slice: Slice, now: () => number): number {
  const fastest = { known: Infinity, other: Infinity }
  const beganAt = now()
  for (let turn = 0; turn < turns.most; turn++) {
    const startedAt = now()
    const spentMs = startedAt - beganAt
    if (turn >= turns.fewest && spentMs > (turn < turns.some ? budgetMs.some : budgetMs.most)) break
    known(slice)
    const halfAt = now()
    other(slice)
    fastest.known = Math.min(fastest.known, halfAt - startedAt)
    fastest.other = Math.min(fastest.other, now() - halfAt)
  }
  return Math.max(fastest.known, 1e-6) / Math.max(fastest.other, 1e-6)
}

/** Ranks are counts from 0; plain columns may be any numbers. */
function inventedRows({ name, width }: FrozenGraph['input'], rowCount: number): Float32Array {
  return Float32Array.from({ length: rowCount * width }, (_, i) => {
    const spread = (i * 7919) % 127
    return name === 'ranks' ? Math.floor(spread ** 2 / 64) : spread / 32 - 2
  })
}

function differenceOf(known: ArrayLike<number>, other: ArrayLike<number>, width: number): number {
  if (known.length !== other.length) return Infinity
  const largest = new Float64Array(width).fill(Number.MIN_VALUE)
  for (let i = 0; i < known.length; i++) largest[i % width] = Math.max(largest[i % width], Math.abs(known[i]) || 0)
  let difference = 0
  for (let i = 0; i < known.length; i++) {
    if (Object.is(known[i], other[i])) continue
    const part = Math.abs(known[i] - other[i]) / largest[i % width]
    difference = Number.isNaN(part) ? Infinity : Math.max(difference, part)
  }
  return difference
}
