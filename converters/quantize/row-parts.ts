// Magnitudes and energies of a layer's input rows in; which rows share a grid, and in which order they are stored, out.

import type { AffineGrid } from './affine-grid.ts'

/** Consecutive rows of a weight matrix that are one tensor, with a grid of their own. */
export type RowPart = {
  readonly encoding: AffineGrid['encoding']
  readonly rowCount: number
  /** Largest magnitude that its grid holds, as a share of each column's scale. */
  readonly reach: number
}

export type RowArrangement = {
  /** Row of the source that is stored at each place. */
  readonly order: Int32Array
  readonly parts: readonly RowPart[]
}

/** A tensor costs some 250 bytes of JSON: another one must take away a good part of the error. */
const mostParts = { uint8: 12, uint16: 4 } as const
const fewestWeights = 16
const worthwhileGain = 0.15

/** Cuts are looked for at this many places at most: more take long and change little. */
const mostCuts = 256

/** Compensation moves a weight past the largest of its part by a step or two, which must not be cut off. */
const reachReserve = 1 + 2 / 127

/** Rows of a part may stand in any order; in that of the source, what says so takes a few bytes a row less. */
const fewestInSourceOrder = 1024

/**
 * Rows of large weights would coarsen the grid of all others: rows are sorted by their largest weight and cut where that
 * takes away most of the error. `wordRows` of them, those whose rounding would be felt most, are stored as uint16.
 */
export function arrangeRows(
  magnitudes: Float64Array,
  energies: Float64Array,
  options: { readonly encoding: AffineGrid['encoding']; readonly wordRows: number; readonly outputWidth: number },
): RowArrangement {
  const { encoding, wordRows, outputWidth } = options
  const felt = magnitudes.map((magnitude, row) => magnitude * magnitude * energies[row])
  const byFelt = Array.from(felt.keys()).sort((a, b) => felt[b] - felt[a] || a - b)
  const order: number[] = []
  const parts: RowPart[] = []
  const place = (placed: readonly number[], partEncoding: AffineGrid['encoding']): void => {
    const sorted = [...placed].sort((a, b) => magnitudes[b] - magnitudes[a] || a - b)
    const most = Math.min(mostParts[partEncoding], Math.floor((placed.length * outputWidth) / fewestWeights))
    for (const [start, end] of cutRows(sorted, { magnitudes, energies, most })) {
      const largest = magnitudes[sorted[start]]
      parts.push({
        encoding: partEncoding,
        rowCount: end - start,
        // The first part holds the columns' own largest weights, beyond which nothing is stored.
        reach: largest === 0 ? 1 : Math.min(1, largest * reachReserve),
      })
      const rows = sorted.slice(start, end)
      for (const row of sorted.length < fewestInSourceOrder ? rows : rows.sort((a, b) => a - b)) order.push(row)
    }
  }
  const words = encoding === 'uint16' ? byFelt.length : Math.min(wordRows, byFelt.length)
  place(byFelt.slice(0, words), 'uint16')
  place(byFelt.slice(words), 'uint8')
  return { order: Int32Array.from(order), parts }
}

/** Ends of the parts that rows, largest first, fall into: the least sum of energy times squared reach. */
function cutRows(
  sorted: readonly number[],
  options: { readonly magnitudes: Float64Array; readonly energies: Float64Array; readonly most: number },
): (readonly [number, number])[] {
  if (sorted.length === 0) return []
  const { magnitudes, energies, most } = options
  const cutCount = Math.min(mostCuts, sorted.length)
  const cuts = Array.from({ length: cutCount + 1 }, (_, k) => Math.round((k * sorted.length) / cutCount))
  const energyBefore = new Float64Array(sorted.length + 1)
  sorted.forEach((row, at) => (energyBefore[at + 1] = energyBefore[at] + energies[row]))
  const cost = (from: number, to: number): number =>
    (energyBefore[cuts[to]] - energyBefore[cuts[from]]) * magnitudes[sorted[cuts[from]]] ** 2
  let costs = Float64Array.from(cuts, (_, to) => (to === 0 ? 0 : cost(0, to)))
  const choices: Int32Array[] = [new Int32Array(cutCount + 1)]
  for (let count = 2; count <= Math.min(most, cutCount); count++) {
    const { next, from } = oneMore(costs, cost)
    if (next[cutCount] > (1 - worthwhileGain) * costs[cutCount]) break
    costs = next
    choices.push(from)
  }
  const ranges: (readonly [number, number])[] = []
  for (let part = choices.length - 1, end = cutCount; part >= 0; part--) {
    const start = part === 0 ? 0 : choices[part][end]
    if (start < end) ranges.unshift([cuts[start], cuts[end]])
    end = start
  }
  return ranges
}

/** Costs of cutting up to each place with one part more, and where that part starts. */
function oneMore(
  costs: Float64Array,
  cost: (from: number, to: number) => number,
): { readonly next: Float64Array<ArrayBuffer>; readonly from: Int32Array } {
  const next = Float64Array.from(costs)
  const from = Int32Array.from(costs.keys())
  for (let to = 1; to < costs.length; to++)
    for (let start = 1; start < to; start++) {
      const sum = costs[start] + cost(start, to)
      if (sum < next[to]) {
        next[to] = sum
        from[to] = start
      }
    }
  return { next, from }
}
