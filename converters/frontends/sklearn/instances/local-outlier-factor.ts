// A fitted LocalOutlierFactor(novelty=True) in; a neighbours region that answers how far out a row lies, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { type EstimatorReader, toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { neighborIgnored, neighborReads, readNeighbors } from './fitted-neighbors.ts'
import { searchOf } from './k-neighbors.ts'

/** Source: sklearn/neighbors/_lof.py of 1.9.1, `score_samples` and `decision_function`. */
export const localOutlierFactor = defineEstimator({
  names: ['LocalOutlierFactor'],
  role: 'classifier',
  notes: 'novelty=True; labels 1 and -1, and scores',
  reads: [...neighborReads, 'n_neighbors_', 'novelty', 'offset_', '_distances_fit_X_', '_lrd'],
  ignored: {
    ...neighborIgnored,
    contamination: 'fitted into offset_',
    negative_outlier_factor_: 'of the training rows only',
  },
  predict(reader, input, scope) {
    const { builder } = scope
    if (!reader.boolean('novelty'))
      throw unsupported(reader.place, 'novelty=False', 'It has no predict in scikit-learn; fit it with novelty=True.')
    const { columns, inOrder, ...fitted } = readNeighbors(reader, input, scope, 'n_neighbors_')
    const rowCount = fitted.points.values.length / fitted.points.columns
    const columnCount = 2
    const targets = inOrder({ rowCount, columnCount, values: readReach(reader, rowCount, fitted.count) })
    const outlier = builder.compute(
      {
        kind: 'neighbors',
        inputs: columns.map(({ ref }) => ref),
        ...searchOf({ ...fitted, inOrder }),
        weights: 'uniform',
        answer: 'outlier',
        classCounts: [],
        targets: exactTable(targets, columnCount),
      },
      columns,
    )
    const scores = builder.compute(
      {
        kind: 'map',
        inputs: outlier.map(({ ref }) => ref),
        functions: [{ name: 'affine', settings: [1, -reader.finite('offset_')] }],
      },
      outlier,
    )
    const range = { start: 0, width: 1 }
    const classes = [-1, 1]
    return {
      kind: 'classifier',
      output: scores.map(({ ref }) => ref),
      // an outlier is below 0
      head: { kind: 'labels', targets: [{ classes, label: { ...range, tie: 'second' }, scores: range }] },
      outputs: ['label', 'scores'],
      classes,
    }
  },
})

/** Of each training row how far its last neighbour is, and its density. */
function readReach(reader: EstimatorReader, rowCount: number, count: number): Float64Array {
  const distances = toMatrix(reader.value('_distances_fit_X_'), reader.place, '_distances_fit_X_')
  const density = reader.finiteNumbers('_lrd', rowCount)
  if (distances.rowCount !== rowCount || distances.columnCount < count)
    return reader.fail('_distances_fit_X_', `${rowCount} rows of ${count} distances`)
  const reach = new Float64Array(2 * rowCount)
  for (let row = 0; row < rowCount; row++) {
    reach[2 * row] = distances.values[row * distances.columnCount + count - 1]
    reach[2 * row + 1] = density[row]
  }
  return reach
}
