// The formula `neighbor-imputer`: missing values of a row become means of the rows nearest to it that have them.

import { defineFormula } from './define-formula.ts'
import { choiceField, flagField, integerField, numberField, tableField } from './field.ts'
import { createNearestHeap, type NearestHeap, weighByDistance } from './nearest-heap.ts'

/**
 * scikit-learn's KNNImputer (sklearn/impute/_knn.py of 1.9.1), metric nan_euclidean: √(columns / shared · Σ (x − y)²) over the
 * columns that both rows have. A row that shares nothing with any other gets means of columns; a column without values is 0.
 * Before 1.6 uniform weights also counted rows that share nothing with it.
 * Of equally far rows the first ones count; numpy partitions there, by an algorithm that depends on the machine.
 */
export const neighborImputer = defineFormula({
  kind: 'neighbor-imputer',
  fields: {
    count: integerField(1),
    weights: choiceField('uniform', 'distance'),
    /** What a missing value is in a row; NaN for NaN. */
    missing: numberField,
    /** Rows that share no column with it count too, as the farthest ones, where others are fewer than `count`. */
    takesStrangers: flagField,
    /** [points, inputs], NaN where a value is missing */
    points: tableField,
  },
  verify({ inputs, points }, fail) {
    if (points.columns !== inputs.length) fail('points', `must have ${inputs.length} columns, got ${points.columns}`)
    for (let at = 0; at < points.values.length; at++)
      if (Math.abs(points.values[at]) === Infinity) fail('points', `must hold no infinity, got one at ${at}`)
    return inputs.length
  },
  compile({ count, weights, missing, takesStrangers, points: { values, columns } }) {
    const distances = new Float64Array(values.length / columns)
    const means = columnMeans(values, columns)
    const measure = createMeasure(values, { columns, distances, ofStrangers: takesStrangers ? farthest : NaN })
    const heap = createNearestHeap(Math.max(1, Math.min(count, distances.length)))
    const weight = new Float64Array(heap.values.length)
    const known = new Float64Array(columns)
    return (input, output) => {
      let isWhole = true
      for (let i = 0; i < columns; i++) {
        known[i] = input[i] === missing ? NaN : input[i]
        output[i] = Number.isNaN(means[i]) ? 0 : known[i]
        if (Number.isNaN(output[i])) isWhole = false
      }
      if (isWhole) return
      measure(known)
      for (let column = 0; column < columns; column++) {
        if (!Number.isNaN(output[column])) continue
        heap.begin()
        for (let row = 0; row < distances.length; row++)
          if (distances[row] < heap.values[0] && !Number.isNaN(values[row * columns + column]))
            heap.push(distances[row], row)
        output[column] =
          meanOf(heap, values, { weight, column, columns, byDistance: weights === 'distance' }) ?? means[column]
      }
    }
  },
  describe: ({ count, weights, points }) =>
    `${count} nearest of ${points.values.length / points.columns} rows, ${weights}`,
})

/** Of rows that share no column but count: below infinity, which no row has. */
const farthest = Number.MAX_VALUE

type MeasureOptions = {
  readonly columns: number
  readonly distances: Float64Array
  /** Between rows that share no column. */
  readonly ofStrangers: number
}

/** `filled` has 0 where `present` has 0, and 1 in `present` elsewhere. */
function createMeasure(values: Float64Array, { columns, distances, ofStrangers }: MeasureOptions) {
  const filled = values.map((value) => (Number.isNaN(value) ? 0 : value))
  const present = values.map((value) => (Number.isNaN(value) ? 0 : 1))
  const own = new Int32Array(columns)
  return (row: Float64Array): void => {
    let ownCount = 0
    for (let i = 0; i < columns; i++) if (!Number.isNaN(row[i])) own[ownCount++] = i
    for (let index = 0, from = 0; index < distances.length; index++, from += columns) {
      let sum = 0
      let shared = 0
      for (let n = 0; n < ownCount; n++) {
        const i = own[n]
        const weight = present[from + i]
        const difference = row[i] - filled[from + i]
        sum += weight * difference * difference
        shared += weight
      }
      distances[index] = shared === 0 ? ofStrangers : Math.sqrt((sum / shared) * columns)
    }
  }
}

type MeanOptions = {
  readonly weight: Float64Array
  readonly column: number
  readonly columns: number
  readonly byDistance: boolean
}

function meanOf(
  { values: distances, indices }: NearestHeap,
  values: Float64Array,
  { weight, column, columns, byDistance }: MeanOptions,
): number | undefined {
  if (distances.every((distance) => distance >= farthest)) return undefined
  weight.set(distances)
  if (byDistance) weighByDistance(weight)
  let sum = 0
  let total = 0
  for (let n = 0; n < weight.length; n++) {
    if (distances[n] === Infinity) continue
    const share = byDistance ? weight[n] : 1
    sum += share * values[indices[n] * columns + column]
    total += share
  }
  return total > 0 ? sum / total : undefined
}

/** NaN where a column has no value. */
function columnMeans(values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns)
  const counts = new Float64Array(columns)
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) continue
    sums[at % columns] += values[at]
    counts[at % columns]++
  }
  return sums.map((sum, i) => sum / counts[i])
}
