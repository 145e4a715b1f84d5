// A fitted KMeans, MiniBatchKMeans or BisectingKMeans in; the number of the nearest centre, or the distances to all, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { type EstimatorReader, type Matrix, toMatrix } from '../estimator-reader.ts'
import { defineEstimator, type Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { labelOfLargest, numbersBelow } from './class-columns.ts'

const reason = 'fitted into cluster_centers_'
export const clusterIgnored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'n_clusters init max_iter tol n_init verbose random_state copy_x algorithm precompute_distances n_jobs labels_',
    'inertia_ n_iter_ _n_init _tol _algorithm _n_threads _n_features_out batch_size compute_labels init_size',
    'max_no_improvement reassignment_ratio _batch_size _init_size _counts _ewa_inertia _ewa_inertia_min _no_improvement',
    '_n_since_last_reassign n_steps_ counts_ init_size_ random_state_',
  ].flatMap((names) => names.split(' ').map((name) => [name, reason])),
)

/** Source: sklearn/cluster/_kmeans.py of 1.9.1, `predict` and `transform`. */
export const kMeans = defineEstimator({
  names: ['KMeans', 'MiniBatchKMeans'],
  role: 'classifier',
  notes: 'the number of the cluster as label; before the last step it transforms to distances',
  reads: ['cluster_centers_'],
  ignored: clusterIgnored,
  predict(reader, input, scope) {
    const centers = readCenters(reader, input, scope)
    const columns = nearness(centers, input, scope)
    return labelOfLargest({ columns, sources: input.columns }, numbersBelow(centers.rowCount), scope)
  },
  transform(reader, input, scope) {
    return distancesToCenters(readCenters(reader, input, scope), input, scope)
  },
})

export function readCenters(
  reader: EstimatorReader,
  input: ColumnSet,
  { builder }: Scope,
  name = 'cluster_centers_',
): Matrix {
  builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
  const centers = toMatrix(reader.value(name), reader.place, name)
  if (centers.columnCount === input.columns.length && centers.rowCount > 0) return centers
  throw reader.corrupt(name, `rows of ${input.columns.length} numbers`, `${centers.rowCount} of ${centers.columnCount}`)
}

/** x · c − ½ ‖c‖², largest where the distance is least: what scikit-learn compares, so far away rows fall alike. */
export function nearness(centers: Matrix, input: ColumnSet, { builder }: Scope): Column[] {
  const { rowCount: count, columnCount: width, values } = centers
  const weights = new Float64Array(values.length)
  const bias = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    for (let i = 0; i < width; i++) {
      const value = values[k * width + i]
      weights[i * count + k] = value
      bias[k] -= 0.5 * value * value
    }
  }
  return builder.compute(
    {
      kind: 'linear',
      inputs: input.columns.map(({ ref }) => ref),
      weights: exactTable(weights, count),
      bias: exactTable(bias, count),
    },
    input.columns,
  )
}

export function distancesToCenters({ columnCount, values }: Matrix, input: ColumnSet, { builder }: Scope): ColumnSet {
  const columns = builder.compute(
    {
      kind: 'distances',
      inputs: input.columns.map(({ ref }) => ref),
      metric: 'euclidean',
      power: 2,
      points: exactTable(values, columnCount),
    },
    input.columns,
  )
  return { columns, isSparse: false }
}
