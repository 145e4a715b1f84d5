// A table of points in; a search for the nearest of them, in the order in which scikit-learn meets them, out.

import { createNearestHeap } from './nearest-heap.ts'
import { createMetric, type Metric, type MetricName, type Points } from './metric.ts'

/** How scikit-learn looks through the points: which of equally far ones are kept depends on it. */
export type SearchKind = 'brute' | 'kd-tree' | 'ball-tree'

export type SearchOptions = {
  readonly search: SearchKind
  readonly metric: MetricName
  readonly power: number
  /** In the order of the tree's own leaves where there is a tree. */
  readonly points: Points
  /** Points of a leaf are between this number and twice as many. */
  readonly leafSize: number
  /** Neighbours that are wanted, no more than there are points. */
  readonly count: number
}

export type NeighborSearch = {
  readonly metric: Metric
  /** Numbers of the points found last, in no order, and their reduced distances. */
  readonly indices: Int32Array
  readonly reduced: Float64Array
  find(row: Float64Array): void
}

/**
 * Which of equally far points are found is that of scikit-learn 1.9.1: trees are walked depth first, the nearer child
 * first (neighbors/_binary_tree.pxi.tp, `_query_single_depthfirst`), and a heap keeps what came first
 * (utils/_heap.pyx, `heap_push`). Brute force of 1.0 partitions, and that of euclidean distances multiplies matrices: there
 * rounding may decide otherwise between points that are equally far, or nearly.
 */
export function createNeighborSearch(options: SearchOptions): NeighborSearch {
  const { points, search, count } = options
  const metric = createMetric(options.metric, options.power, points)
  const { values: reduced, indices, begin, push } = createNearestHeap(count)
  const pointCount = points.values.length / points.columns

  function visit(row: Float64Array, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const value = metric.reduced(row, index, reduced[0])
      if (!(value >= reduced[0])) push(value, index)
    }
  }

  if (search === 'brute')
    return {
      metric,
      indices,
      reduced,
      find(row) {
        begin()
        visit(row, 0, pointCount)
      },
    }

  const { nodeCount, starts, ends } = layOut(pointCount, options.leafSize)
  const leastOf = search === 'kd-tree' ? boxBound(options, starts, ends) : ballBound(options, starts, ends)

  function walk(row: Float64Array, node: number, least: number): void {
    if (least > reduced[0]) return
    const left = 2 * node + 1
    if (left >= nodeCount) return visit(row, starts[node], ends[node])
    const leastLeft = leastOf(row, left)
    const leastRight = leastOf(row, left + 1)
    if (leastLeft <= leastRight) {
      walk(row, left, leastLeft)
      walk(row, left + 1, leastRight)
    } else {
      walk(row, left + 1, leastRight)
      walk(row, left, leastLeft)
    }
  }

  return {
    metric,
    indices,
    reduced,
    find(row) {
      begin()
      walk(row, 0, leastOf(row, 0))
    },
  }
}

/** Ranges of points of each node: a complete binary tree, halves down to the leaves (`_recursive_build`). */
function layOut(pointCount: number, leafSize: number) {
  const levels = Math.floor(Math.log2(Math.max(1, (pointCount - 1) / leafSize)) + 1)
  const nodeCount = 2 ** levels - 1
  const starts = new Int32Array(nodeCount)
  const ends = new Int32Array(nodeCount)
  ends[0] = pointCount
  for (let node = 0; 2 * node + 2 < nodeCount; node++) {
    const middle = starts[node] + Math.floor((ends[node] - starts[node]) / 2)
    starts[2 * node + 1] = starts[node]
    ends[2 * node + 1] = starts[2 * node + 2] = middle
    ends[2 * node + 2] = ends[node]
  }
  return { nodeCount, starts, ends }
}

type Bound = (row: Float64Array, node: number) => number

/** The least reduced distance of a row to a box around a node's points (neighbors/_kd_tree.pyx.tp, `min_rdist`). */
function boxBound({ points, metric, power }: SearchOptions, starts: Int32Array, ends: Int32Array): Bound {
  const { values, columns } = points
  const low = new Float64Array(starts.length * columns).fill(Infinity)
  const high = new Float64Array(starts.length * columns).fill(-Infinity)
  for (let node = 0; node < starts.length; node++) {
    for (let at = starts[node] * columns; at < ends[node] * columns; at++) {
      const i = node * columns + (at % columns)
      low[i] = Math.min(low[i], values[at])
      high[i] = Math.max(high[i], values[at])
    }
  }
  /** Adds what `outside` the box counts. */
  const add: (sum: number, outside: number) => number =
    metric === 'euclidean'
      ? (sum, outside) => sum + outside * outside
      : metric === 'manhattan'
        ? (sum, outside) => sum + outside
        : metric === 'chebyshev'
          ? (sum, outside) => (outside > sum ? outside : sum)
          : (sum, outside) => sum + outside ** power
  return (row, node) => {
    let sum = 0
    for (let i = 0, at = node * columns; i < columns; i++, at++) {
      const below = low[at] - row[i]
      const above = row[i] - high[at]
      const outside = below > above ? below : above
      if (outside > 0) sum = add(sum, outside)
    }
    return sum
  }
}

/** The same for a ball around the mean of a node's points (neighbors/_ball_tree.pyx.tp, `min_dist`). */
function ballBound({ points, metric, power }: SearchOptions, starts: Int32Array, ends: Int32Array): Bound {
  const { values, columns } = points
  const centers = new Float64Array(starts.length * columns)
  for (let node = 0; node < starts.length; node++) {
    for (let at = starts[node] * columns; at < ends[node] * columns; at++)
      centers[node * columns + (at % columns)] += values[at]
    for (let i = 0; i < columns; i++) centers[node * columns + i] /= ends[node] - starts[node]
  }
  const fromCenter = createMetric(metric, power, { values: centers, columns })
  const radii = Float64Array.from(starts, (start, node) => {
    let most = 0
    for (let index = start; index < ends[node]; index++) {
      const point = values.subarray(index * columns, (index + 1) * columns)
      most = Math.max(most, fromCenter.reduced(point, node, Infinity))
    }
    return fromCenter.toDistance(most)
  })
  return (row, node) => {
    const distance = fromCenter.toDistance(fromCenter.reduced(row, node, Infinity)) - radii[node]
    return fromCenter.toReduced(distance > 0 ? distance : 0)
  }
}
