// Weights and the second moments of their inputs in, rounded weights out whose products with those inputs moved least.

/**
 * GPTQ (Frantar et al. 2023, arXiv:2210.17323, algorithm 1): rows are rounded one after another, and what rounding one
 * adds to the output is taken back by the rows still to come, as far as their inputs move together.
 */
export type CompensatedRounding = {
  /** Row-major [rowCount, columnCount]: one row an input. */
  readonly weights: Float64Array
  readonly rowCount: number
  readonly columnCount: number
  /** Row-major [rowCount, rowCount]: means of products of inputs; damped here. */
  readonly moments: Float64Array
  /** Which row is rounded when: rows that matter most go first, while others can still make up for them. */
  readonly order: Int32Array
  /** The stored value nearest to `value` at a place. */
  readonly round: (row: number, column: number, value: number) => number
}

/** Share of the mean diagonal added to it: the paper's 1 %, enough to invert moments of fewer rows than inputs. */
export const damping = 0.01

export function roundWithCompensation(task: CompensatedRounding): Float64Array {
  const { rowCount, columnCount, order, round } = task
  const weights = Float64Array.from(task.weights)
  const factor = inverseFactor(dampedAndOrdered(task), rowCount)
  for (let step = 0; step < rowCount; step++) {
    const row = order[step] * columnCount
    const diagonal = factor[step * rowCount + step]
    for (let column = 0; column < columnCount; column++) {
      const wanted = weights[row + column]
      const rounded = round(order[step], column, wanted)
      weights[row + column] = rounded
      const error = (wanted - rounded) / diagonal
      if (error === 0) continue
      for (let later = step + 1; later < rowCount; later++)
        weights[order[later] * columnCount + column] -= error * factor[step * rowCount + later]
    }
  }
  return weights
}

function dampedAndOrdered({ moments, rowCount, order }: CompensatedRounding): Float64Array {
  let trace = 0
  for (let row = 0; row < rowCount; row++) trace += moments[row * rowCount + row]
  const added = trace > 0 ? (damping * trace) / rowCount : 1
  const ordered = new Float64Array(rowCount * rowCount)
  for (let i = 0; i < rowCount; i++) {
    for (let j = 0; j < rowCount; j++) ordered[i * rowCount + j] = moments[order[i] * rowCount + order[j]]
    ordered[i * rowCount + i] += added
  }
  return ordered
}

/** Upper triangular U with UᵀU = H⁻¹: H = M·Mᵀ by Cholesky from the last row up, then U = M⁻¹. */
export function inverseFactor(matrix: Float64Array, size: number): Float64Array {
  const upper = new Float64Array(size * size)
  for (let j = size - 1; j >= 0; j--) {
    let pivot = matrix[j * size + j]
    for (let k = j + 1; k < size; k++) pivot -= upper[j * size + k] ** 2
    const root = Math.sqrt(pivot)
    upper[j * size + j] = root
    for (let i = 0; i < j; i++) {
      let rest = matrix[i * size + j]
      for (let k = j + 1; k < size; k++) rest -= upper[i * size + k] * upper[j * size + k]
      upper[i * size + j] = rest / root
    }
  }
  const inverse = new Float64Array(size * size)
  for (let i = size - 1; i >= 0; i--) {
    const diagonal = upper[i * size + i]
    for (let k = i + 1; k < size; k++) {
      const share = upper[i * size + k] / diagonal
      if (share === 0) continue
      for (let j = k; j < size; j++) inverse[i * size + j] -= share * inverse[k * size + j]
    }
    inverse[i * size + i] = 1 / diagonal
  }
  return inverse
}
