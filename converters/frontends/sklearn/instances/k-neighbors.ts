// A fitted KNeighborsClassifier or KNeighborsRegressor in; a neighbours region out.

import type { ClassifierTarget } from '../../../../src/artifact/head.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import { NdArray } from '../../../formats/pickle/values.ts'
import { readClassLists } from '../class-labels.ts'
import { describeValue, type EstimatorReader, type Matrix, toFlatNumbers } from '../estimator-reader.ts'
import { defineEstimator, type Predictor } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { type FittedNeighbors, neighborIgnored, neighborReads, readNeighbors } from './fitted-neighbors.ts'

const reads = [...neighborReads, '_y', 'weights']

const notes =
  'weights uniform and distance; brute, kd_tree and ball_tree; euclidean, manhattan, chebyshev, minkowski (p, w), cosine, ' +
  'sqeuclidean, canberra, hamming; one or several targets'

/** Source: sklearn/neighbors/_classification.py of 1.9.1, `predict_proba`: the first of the largest shares is the label. */
export const kNeighborsClassifier = defineEstimator({
  names: ['KNeighborsClassifier'],
  role: 'classifier',
  notes,
  reads: [...reads, 'classes_'],
  ignored: neighborIgnored,
  predict(reader, input, scope) {
    const { columns, ...fitted } = readNeighbors(reader, input, scope)
    const { classLists, targets } = readClassTargets(reader, fitted)
    const output = scope.builder.compute(
      {
        kind: 'neighbors',
        inputs: columns.map(({ ref }) => ref),
        ...searchOf(fitted),
        weights: readWeights(reader),
        answer: 'shares',
        classCounts: classLists.map(({ length }) => length),
        targets: exactTable(targets.values, targets.columnCount),
      },
      columns,
    )
    return sharesOf(output, classLists)
  },
})

/** Source: sklearn/neighbors/_regression.py of 1.9.1, `predict`. */
export const kNeighborsRegressor = defineEstimator({
  names: ['KNeighborsRegressor'],
  role: 'regressor',
  notes,
  reads,
  ignored: neighborIgnored,
  predict(reader, input, scope) {
    const { columns, ...fitted } = readNeighbors(reader, input, scope)
    const targets = readTargets(reader, fitted)
    const output = scope.builder.compute(
      {
        kind: 'neighbors',
        inputs: columns.map(({ ref }) => ref),
        ...searchOf(fitted),
        weights: readWeights(reader),
        answer: 'means',
        classCounts: [],
        targets: exactTable(targets.values, targets.columnCount),
      },
      columns,
    )
    return regressorOf(output.map(({ ref }) => ref))
  },
})

/** Targets that are numbers of classes, and the classes. */
export function readClassTargets(reader: EstimatorReader, fitted: Pick<FittedNeighbors, 'points' | 'inOrder'>) {
  const classLists = readClassLists(reader)
  const targets = readTargets(reader, fitted)
  if (targets.columnCount !== classLists.length)
    throw reader.corrupt('_y', `${classLists.length} columns`, `${targets.columnCount}`)
  targets.values.forEach((value, at) => {
    const { length } = classLists[at % classLists.length]
    if (!(Number.isInteger(value) && value >= 0 && value < length)) reader.fail('_y', 'numbers of classes')
  })
  return { classLists, targets }
}

/** A classifier of one or several targets whose columns are the shares of all their classes. */
export function sharesOf(columns: readonly Column[], classLists: readonly (readonly Scalar[])[]): Predictor {
  let start = 0
  const targets = classLists.map((classes): ClassifierTarget => {
    start += classes.length
    return { classes, start: start - classes.length, width: classes.length, link: 'identity', tie: 'first' }
  })
  return {
    kind: 'classifier',
    output: columns.map(({ ref }) => ref),
    head: { kind: 'classifier', targets, hasScores: false },
    outputs: ['label', 'probabilities'],
    classes: classLists.length === 1 ? classLists[0] : classLists,
  }
}

export function searchOf({ search, leafSize, metric, power, count, points }: Omit<FittedNeighbors, 'columns'>) {
  return { search, leafSize, metric, power, count, points }
}

export function readWeights(reader: EstimatorReader): 'uniform' | 'distance' {
  const weights = reader.value('weights')
  if (weights === null) return 'uniform'
  if (weights === 'uniform' || weights === 'distance') return weights
  throw unsupported(reader.place, `weights=${describeValue(weights)}`, 'Supported are uniform and distance.')
}

/** One row a point, in their order. */
export function readTargets(
  reader: EstimatorReader,
  { points, inOrder }: Pick<FittedNeighbors, 'points' | 'inOrder'>,
): Matrix {
  const value = reader.value('_y')
  const rowCount = points.values.length / points.columns
  if (!(value instanceof NdArray) || value.shape[0] !== rowCount || value.shape.length > 2)
    return reader.fail('_y', `one row for each of ${rowCount}`)
  const values = toFlatNumbers(value)
  const columnCount = value.shape.length === 2 ? value.shape[1] : 1
  if (values?.length !== rowCount * columnCount || columnCount === 0 || !values.every(Number.isFinite))
    return reader.fail('_y', 'finite numbers')
  return { rowCount, columnCount, values: inOrder({ rowCount, columnCount, values }) }
}
