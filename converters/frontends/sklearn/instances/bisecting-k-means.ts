// A fitted BisectingKMeans in; the number of the cluster that its tree leads to, or the distances to all, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { PyDict, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toNumber, toNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { labelOfLargest, numbersBelow } from './class-columns.ts'
import { clusterIgnored, distancesToCenters, nearness, readCenters } from './k-means.ts'

/** Source: sklearn/cluster/_bisect_k_means.py of 1.9.1, `_predict_recursive`: left unless the right centre is nearer. */
export const bisectingKMeans = defineEstimator({
  names: ['BisectingKMeans'],
  role: 'classifier',
  notes: 'the number of the cluster as label; before the last step it transforms to distances',
  reads: ['cluster_centers_', '_bisecting_tree', '_X_mean'],
  ignored: {
    ...clusterIgnored,
    bisecting_strategy: 'training only',
    _kmeans_single: 'training only',
    _random_state: 'training only',
  },
  predict(reader, input, scope) {
    const { rowCount: count, columnCount: width } = readCenters(reader, input, scope)
    const { forks, leaves } = readTree(reader, count, width)
    const sources = input.columns
    if (forks.length === 0) return labelOfLargest({ columns: sources.slice(0, 1), sources }, [0], scope)
    // columns 2n and 2n + 1 say how near the left and right centre of fork n are
    const values = Float64Array.from(forks.flatMap(({ left, right }) => [...left, ...right]))
    const near = nearness({ rowCount: 2 * forks.length, columnCount: width, values }, input, scope)
    const differences = new Float64Array(near.length * forks.length)
    for (let n = 0; n < forks.length; n++) {
      differences[2 * n * forks.length + n] = -1
      differences[(2 * n + 1) * forks.length + n] = 1
    }
    const compare = scope.builder.compute(
      {
        kind: 'linear',
        inputs: near.map(({ ref }) => ref),
        weights: exactTable(differences, forks.length),
        bias: exactTable(new Float64Array(forks.length), forks.length),
      },
      sources,
    )
    const goesRight = scope.builder.compute(
      {
        kind: 'map',
        inputs: compare.map(({ ref }) => ref),
        functions: compare.map(() => ({ name: 'above', settings: [0] })),
      },
      sources,
    )
    // minus the number of forks on the way to a leaf that lead elsewhere: 0 for one leaf only
    const weights = new Float64Array(forks.length * count)
    const bias = new Float64Array(count)
    for (const { label, path } of leaves) {
      for (const { fork, isRight } of path) {
        weights[fork * count + label] = isRight ? 1 : -1
        if (isRight) bias[label]--
      }
    }
    const columns = scope.builder.compute(
      {
        kind: 'linear',
        inputs: goesRight.map(({ ref }) => ref),
        weights: exactTable(weights, count),
        bias: exactTable(bias, count),
      },
      sources,
    )
    return labelOfLargest({ columns, sources }, numbersBelow(count), scope)
  },
  transform(reader, input, scope) {
    return distancesToCenters(readCenters(reader, input, scope), input, scope)
  },
})

type Turn = { readonly fork: number; readonly isRight: boolean }
type Fork = { readonly left: Float64Array; readonly right: Float64Array }
type Leaf = { readonly label: number; readonly path: readonly Turn[] }

/** A tree of `count` leaves has one fork less. */
function readTree(reader: EstimatorReader, count: number, width: number) {
  const mean = reader.has('_X_mean') ? reader.finiteNumbers('_X_mean', width) : new Float64Array(width)
  const forks: Fork[] = []
  const leaves: Leaf[] = []
  const seen = new Set<number>()
  const pending: { node: PyValue | undefined; path: readonly Turn[] }[] = [
    { node: reader.value('_bisecting_tree'), path: [] },
  ]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, path } = next
    const [left, right] = [childOf(node, 'left'), childOf(node, 'right')]
    if (left == null) {
      const label = toNumber(childOf(node, 'label')) ?? -1
      if (!Number.isInteger(label) || label < 0 || label >= count || seen.has(label))
        throw reader.corrupt('_bisecting_tree', `leaves numbered below ${count}`, describeValue(childOf(node, 'label')))
      seen.add(label)
      leaves.push({ label, path })
      continue
    }
    const fork = forks.length
    if (fork >= count - 1) throw reader.corrupt('_bisecting_tree', `${count - 1} forks`, 'more')
    forks.push({ left: centerOf(reader, left, mean), right: centerOf(reader, right, mean) })
    pending.push({ node: right, path: [...path, { fork, isRight: true }] })
    pending.push({ node: left, path: [...path, { fork, isRight: false }] })
  }
  if (leaves.length !== count) throw reader.corrupt('_bisecting_tree', `${count} leaves`, `${leaves.length}`)
  return { forks, leaves }
}

function centerOf(reader: EstimatorReader, node: PyValue | undefined, mean: Float64Array): Float64Array {
  const center = toNumbers(childOf(node, 'center'))
  if (center?.length !== mean.length || !center.every(Number.isFinite))
    return reader.fail('_bisecting_tree', `centres of ${mean.length} numbers`)
  return center.map((value, i) => value + mean[i])
}

function childOf(node: PyValue | undefined, name: string): PyValue | undefined {
  return node instanceof PyObject && node.state instanceof PyDict ? node.state.get(name) : undefined
}
