// A symmetric positive definite matrix and right sides in; the solutions out.

import type { Matrix } from './estimator-reader.ts'

/** `matrix`⁻¹ · `sides` by Cholesky's factors; undefined where the matrix is not positive definite. */
export function solvePositive(matrix: Matrix, sides: Matrix): Matrix | undefined {
  const { rowCount: n, values } = matrix
  const factor = Float64Array.from(values)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = factor[i * n + j]
      for (let k = 0; k < j; k++) sum -= factor[i * n + k] * factor[j * n + k]
      if (i === j && !(sum > 0)) return undefined
      factor[i * n + j] = i === j ? Math.sqrt(sum) : sum / factor[j * n + j]
    }
  }
  const { columnCount } = sides
  const solved = Float64Array.from(sides.values)
  for (let column = 0; column < columnCount; column++) {
    const at = (row: number): number => row * columnCount + column
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) solved[at(i)] -= factor[i * n + k] * solved[at(k)]
      solved[at(i)] /= factor[i * n + i]
    }
    for (let i = n - 1; i >= 0; i--) {
      for (let k = i + 1; k < n; k++) solved[at(i)] -= factor[k * n + i] * solved[at(k)]
      solved[at(i)] /= factor[i * n + i]
    }
  }
  return { rowCount: n, columnCount, values: solved }
}

/** left · rightᵀ */
export function timesTransposed(left: Matrix, right: Matrix): Matrix {
  const values = new Float64Array(left.rowCount * right.rowCount)
  for (let i = 0; i < left.rowCount; i++)
    for (let j = 0; j < right.rowCount; j++) {
      let sum = 0
      for (let k = 0; k < left.columnCount; k++)
        sum += left.values[i * left.columnCount + k] * right.values[j * right.columnCount + k]
      values[i * right.rowCount + j] = sum
    }
  return { rowCount: left.rowCount, columnCount: right.rowCount, values }
}
