// The name of a distance and a table of points in; how far a row is from each of them out.

/** Names of scikit-learn (sklearn/metrics/_dist_metrics.pyx.tp and metrics/pairwise.py of 1.9.1). */
export const metricNames = [
  'euclidean',
  'sqeuclidean',
  'manhattan',
  'chebyshev',
  'minkowski',
  'cosine',
  'canberra',
  'hamming',
] as const

export type MetricName = (typeof metricNames)[number]

/** A distance and what is compared in its place: any function that grows with it. */
export type Metric = {
  /** Of `row` to point `index`; where it is `most` or more, maybe less than it is, but no less than `most`. */
  reduced(row: Float64Array, index: number, most: number): number
  toDistance(reduced: number): number
  toReduced(distance: number): number
}

export type Points = { readonly values: Float64Array; readonly columns: number }

const same = (value: number): number => value

/** After so many columns it is looked whether the point is too far already. */
const columnsAtOnce = 8

/** One column's part of a sum, and the way from the sum to the distance. */
type Summed = readonly [
  part: (x: number, y: number) => number,
  root: (sum: number) => number,
  power: (d: number) => number,
]

/** @param power of `minkowski` */
export function createMetric(name: MetricName, power: number, points: Points): Metric {
  switch (name) {
    case 'euclidean':
      return euclidean(points, Math.sqrt, (distance) => distance * distance)
    case 'sqeuclidean':
      return euclidean(points, same, same)
    case 'manhattan':
      return manhattan(points)
    case 'minkowski':
      return minkowski(points, power)
    case 'canberra':
      return summed(points, [(x, y) => canberra(x, y), same, same])
    case 'hamming': {
      const { columns } = points
      return summed(points, [(x, y) => (x === y ? 0 : 1), (sum) => sum / columns, (distance) => distance * columns])
    }
    case 'chebyshev':
      return chebyshev(points)
    case 'cosine':
      return cosine(points)
  }
}

/** Written out, since it is the usual one: twice as fast as a function a column. */
function euclidean(
  { values, columns }: Points,
  toDistance: Metric['toDistance'],
  toReduced: Metric['toReduced'],
): Metric {
  return {
    reduced(row, index, most) {
      let sum = 0
      const from = index * columns
      for (let i = 0; i < columns; ) {
        for (const end = Math.min(i + columnsAtOnce, columns); i < end; i++) {
          const difference = row[i] - values[from + i]
          sum += difference * difference
        }
        if (sum >= most) return sum
      }
      return sum
    },
    toDistance,
    toReduced,
  }
}

function manhattan({ values, columns }: Points): Metric {
  return {
    reduced(row, index, most) {
      let sum = 0
      const from = index * columns
      for (let i = 0; i < columns; ) {
        for (const end = Math.min(i + columnsAtOnce, columns); i < end; i++) sum += Math.abs(row[i] - values[from + i])
        if (sum >= most) return sum
      }
      return sum
    },
    toDistance: same,
    toReduced: same,
  }
}

function summed({ values, columns }: Points, [part, toDistance, toReduced]: Summed): Metric {
  return {
    reduced(row, index, most) {
      let sum = 0
      const from = index * columns
      for (let i = 0; i < columns; ) {
        for (const end = Math.min(i + columnsAtOnce, columns); i < end; i++) sum += part(row[i], values[from + i])
        if (sum >= most) return sum
      }
      return sum
    },
    toDistance,
    toReduced,
  }
}

/** Powers that are no small integers cost a hundred times what a product does. */
function minkowski(points: Points, power: number): Metric {
  const root = (sum: number): number => sum ** (1 / power)
  const raised = (distance: number): number => distance ** power
  if (power === 3)
    return summed(points, [
      (x, y) => {
        const difference = Math.abs(x - y)
        return difference * difference * difference
      },
      root,
      raised,
    ])
  if (power === 1.5)
    return summed(points, [
      (x, y) => {
        const difference = Math.abs(x - y)
        return difference * Math.sqrt(difference)
      },
      root,
      raised,
    ])
  if (power === 4)
    return summed(points, [
      (x, y) => {
        const square = (x - y) * (x - y)
        return square * square
      },
      root,
      raised,
    ])
  return summed(points, [(x, y) => Math.abs(x - y) ** power, root, raised])
}

function canberra(x: number, y: number): number {
  const size = Math.abs(x) + Math.abs(y)
  return size > 0 ? Math.abs(x - y) / size : 0
}

function chebyshev({ values, columns }: Points): Metric {
  return {
    reduced(row, index) {
      let largest = 0
      for (let i = 0, at = index * columns; i < columns; i++, at++) {
        const difference = Math.abs(row[i] - values[at])
        if (!(difference <= largest)) largest = difference
      }
      return largest
    },
    toDistance: same,
    toReduced: same,
  }
}

/** 1 − x · y / (‖x‖ ‖y‖), within [0, 2]; 1 from a row or point of zeros. */
function cosine({ values, columns }: Points): Metric {
  const norms = new Float64Array(values.length / columns)
  for (let index = 0; index < norms.length; index++) norms[index] = norm(values, index * columns, columns)
  return {
    reduced(row, index) {
      let product = 0
      for (let i = 0, at = index * columns; i < columns; i++, at++) product += row[i] * values[at]
      const size = norm(row, 0, columns) * norms[index]
      const distance = size > 0 ? 1 - product / size : 1
      return distance < 0 ? 0 : distance > 2 ? 2 : distance
    },
    toDistance: same,
    toReduced: same,
  }
}

function norm(values: Float64Array, from: number, columns: number): number {
  let sum = 0
  for (let i = from; i < from + columns; i++) sum += values[i] * values[i]
  return Math.sqrt(sum)
}
