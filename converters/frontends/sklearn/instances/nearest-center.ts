// A fitted MeanShift, AffinityPropagation or Birch in; the label of the nearest of its centres out.

import { toNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { labelOfLargest, numbersBelow, sumsOf } from './class-columns.ts'
import { distancesToCenters, nearness, readCenters } from './k-means.ts'

const trainingOnly = (...names: string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(names.flatMap((list) => list.split(' ').map((name) => [name, 'fitted into the centres'])))

/** Source: sklearn/cluster/_mean_shift.py of 1.9.1, `predict`, which does not ask for cluster_all. */
export const meanShift = defineEstimator({
  names: ['MeanShift'],
  role: 'classifier',
  notes: 'the number of the cluster as label',
  reads: ['cluster_centers_'],
  ignored: trainingOnly('bandwidth seeds bin_seeding cluster_all min_bin_freq n_jobs max_iter n_iter_ labels_'),
  predict(reader, input, scope) {
    const centers = readCenters(reader, input, scope)
    const columns = nearness(centers, input, scope)
    return labelOfLargest({ columns, sources: input.columns }, numbersBelow(centers.rowCount), scope)
  },
})

/** Source: sklearn/cluster/_affinity_propagation.py of 1.9.1, `predict`. */
export const affinityPropagation = defineEstimator({
  names: ['AffinityPropagation'],
  role: 'classifier',
  notes: 'the number of the cluster as label; affinity euclidean, converged',
  reads: ['cluster_centers_', 'cluster_centers_indices_', 'affinity'],
  ignored: trainingOnly(
    'damping max_iter convergence_iter copy verbose preference random_state affinity_matrix_ labels_ n_iter_',
  ),
  predict(reader, input, scope) {
    const { place } = reader
    if (reader.string('affinity') !== 'euclidean')
      throw unsupported(place, `affinity=${reader.string('affinity')}`, 'Supported is euclidean.')
    // an array, but of a model of 1.0 that did not converge
    const indices = toNumbers(reader.value('cluster_centers_indices_'))
    if (indices === undefined || indices.length === 0)
      throw unsupported(place, 'a model that did not converge', 'Fit it with more damping or iterations.')
    const centers = readCenters(reader, input, scope)
    const columns = nearness(centers, input, scope)
    return labelOfLargest({ columns, sources: input.columns }, numbersBelow(centers.rowCount), scope)
  },
})

/** Source: sklearn/cluster/_birch.py of 1.9.1, `predict` and `transform`. */
export const birch = defineEstimator({
  names: ['Birch'],
  role: 'classifier',
  notes: 'the label of the nearest subcluster; before the last step it transforms to distances',
  reads: ['subcluster_centers_', 'subcluster_labels_'],
  ignored: trainingOnly(
    'threshold branching_factor n_clusters compute_labels copy _deprecated_fit _deprecated_partial_fit root_ dummy_leaf_',
    '_subcluster_norms labels_ _n_features_out fit_ partial_fit_ n_features_',
  ),
  predict(reader, input, scope) {
    const centers = readCenters(reader, input, scope, 'subcluster_centers_')
    const labels = reader.finiteNumbers('subcluster_labels_', centers.rowCount)
    const classes = [...new Set(labels)].sort((a, b) => a - b)
    const sources = input.columns
    const nearest = nearness(centers, input, scope)
    const size = nearest.length
    const inputs = nearest.map(({ ref }) => ref)
    const hot = scope.builder.compute({ kind: 'groups', inputs, operation: 'one-hot-max', size }, sources)
    const places = Array.from(labels, (label) => classes.indexOf(label))
    const index = sumsOf({ columns: hot, sources }, [places], scope)
    return {
      kind: 'classifier',
      output: index.map(({ ref }) => ref),
      head: { kind: 'labels', targets: [{ classes, label: { start: 0, width: 1, isIndex: true } }] },
      outputs: ['label'],
      classes,
    }
  },
  transform(reader, input, scope) {
    return distancesToCenters(readCenters(reader, input, scope, 'subcluster_centers_'), input, scope)
  },
})
