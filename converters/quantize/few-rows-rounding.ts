// Weights and rows of their inputs, fewer than inputs, in; weights rounded with compensation out, without a matrix that is as
// wide and high as there are inputs.

import { type CompensatedRounding, damping, inverseFactor } from './compensated-rounding.ts'

export type FewRowsRounding = Omit<CompensatedRounding, 'moments'> & {
  /** Values of all inputs but the last, which is the constant 1. */
  readonly rows: readonly Float64Array[]
}

/** Values that are not 0: those of input i stand from `starts[i]` to `starts[i + 1]`, divided by the root of the row count. */
type SparseColumns = { readonly starts: Int32Array; readonly places: Int32Array; readonly values: Float64Array }

/** Products that one layer may take, for each of the plans that are tried: a third of a second. */
const mostProducts = 3e8

/** More inputs than this, and factoring their moments takes as long. */
const mostFactoredInputs = 1024

/** Rows take less than factoring moments where inputs are more than twice as many, or too many to factor at all. */
export function isCheaperByRows(rowCount: number, inputCount: number): boolean {
  return inputCount > 2 * rowCount || inputCount > mostFactoredInputs
}

/** The first of `rows`, so many as can be rounded for: each input that is there takes the square of their count. */
export function affordableOf(rows: readonly Float64Array[], inputCount: number): readonly Float64Array[] {
  const isSeen = new Uint8Array(inputCount)
  for (const row of rows) for (let i = 0; i < row.length; i++) if (row[i] !== 0) isSeen[i] = 1
  const seen = isSeen.reduce((sum, each) => sum + each, 1)
  return rows.slice(0, Math.floor(Math.sqrt(mostProducts / seen)))
}

/**
 * What `roundWithCompensation` gives. Its H is XᵀX + λ·1, so that by Woodbury's identity, over the inputs still to come,
 * H⁻¹ = (1 − Xᵀ·K⁻¹·X) / λ with K = X·Xᵀ + λ·1, which is as wide as there are rows. An input that is done leaves K by one
 * product of a column (Sherman and Morrison); what it leaves to the others is kept by rows, and added when their turn comes.
 */
export function roundForFewRows(task: FewRowsRounding): Float64Array {
  const { rowCount: inputCount, columnCount, order, round } = task
  const weights = Float64Array.from(task.weights)
  const columns = sparseColumns(task.rows, inputCount)
  const size = task.rows.length
  const inverse = dampedInverse(columns, size)
  const owed = new Float64Array(size * columnCount)
  const reached = new Float64Array(size)
  const { starts, places, values } = columns
  for (const input of order) {
    const [start, end] = [starts[input], starts[input + 1]]
    reached.fill(0)
    let rest = 1
    for (let at = start; at < end; at++) {
      const row = places[at] * size
      for (let k = 0; k < size; k++) reached[k] += values[at] * inverse[row + k]
    }
    for (let at = start; at < end; at++) rest -= values[at] * reached[places[at]]
    for (let column = 0; column < columnCount; column++) {
      let wanted = weights[input * columnCount + column]
      for (let at = start; at < end; at++) wanted += values[at] * owed[places[at] * columnCount + column]
      const rounded = round(input, column, wanted)
      weights[input * columnCount + column] = rounded
      const error = (wanted - rounded) / rest
      if (error === 0 || start === end) continue
      for (let k = 0; k < size; k++) owed[k * columnCount + column] += error * reached[k]
    }
    if (start < end) remove(inverse, reached, rest)
  }
  return weights
}

function sparseColumns(rows: readonly Float64Array[], inputCount: number): SparseColumns {
  const starts = new Int32Array(inputCount + 1)
  for (const row of rows) for (let i = 0; i < inputCount - 1; i++) if (row[i] !== 0) starts[i + 1]++
  starts[inputCount] = rows.length
  for (let i = 0; i < inputCount; i++) starts[i + 1] += starts[i]
  const places = new Int32Array(starts[inputCount])
  const values = new Float64Array(starts[inputCount])
  const next = starts.slice(0, inputCount)
  const share = 1 / Math.sqrt(rows.length)
  rows.forEach((row, place) => {
    for (let i = 0; i < inputCount; i++) {
      const value = i < inputCount - 1 ? row[i] : 1
      if (value === 0) continue
      places[next[i]] = place
      values[next[i]++] = share * value
    }
  })
  return { starts, places, values }
}

/** K⁻¹. */
function dampedInverse({ starts, places, values }: SparseColumns, size: number): Float64Array {
  const matrix = new Float64Array(size * size)
  const inputCount = starts.length - 1
  for (let input = 0; input < inputCount; input++)
    for (let i = starts[input]; i < starts[input + 1]; i++)
      for (let j = starts[input]; j < starts[input + 1]; j++)
        matrix[places[i] * size + places[j]] += values[i] * values[j]
  const trace = values.reduce((sum, value) => sum + value * value, 0)
  for (let i = 0; i < size; i++) matrix[i * size + i] += (damping * trace) / inputCount
  const factor = inverseFactor(matrix, size)
  const inverse = new Float64Array(size * size)
  for (let k = 0; k < size; k++)
    for (let i = k; i < size; i++) {
      const share = factor[k * size + i]
      for (let j = k; j < size; j++) inverse[i * size + j] += share * factor[k * size + j]
    }
  return inverse
}

function remove(inverse: Float64Array, reached: Float64Array, rest: number): void {
  const size = reached.length
  for (let i = 0; i < size; i++) {
    const share = reached[i] / rest
    if (share !== 0) for (let j = 0; j < size; j++) inverse[i * size + j] += share * reached[j]
  }
}
