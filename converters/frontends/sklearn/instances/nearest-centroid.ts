// A fitted NearestCentroid in; the class of the nearest centroid out, with probabilities and scores from 1.6 on.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { readClasses } from '../class-labels.ts'
import { describeValue, type EstimatorReader, type Matrix, toMatrix } from '../estimator-reader.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'
import { indexOfLargest, labelOfLargest, scoredClassifier } from './class-columns.ts'
import { nearness } from './k-means.ts'

/** Source: sklearn/neighbors/_nearest_centroid.py of 1.9.1, `predict` and `_decision_function`. */
export const nearestCentroid = defineEstimator({
  names: ['NearestCentroid'],
  role: 'classifier',
  notes:
    'euclidean and manhattan, any priors above 0; probabilities and scores where scikit-learn has them (euclidean, from 1.6)',
  reads: ['centroids_', 'classes_', 'metric', 'class_prior_', 'within_class_std_dev_'],
  ignored: {
    deviations_: 'fitted into centroids_',
    priors: 'fitted into class_prior_',
    shrink_threshold: 'fitted into centroids_',
  },
  predict(reader, input, scope) {
    const { place } = reader
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const classes = readClasses(reader)
    const centroids = toMatrix(reader.value('centroids_'), place, 'centroids_')
    if (centroids.rowCount !== classes.length || centroids.columnCount !== input.columns.length)
      return reader.fail('centroids_', `${classes.length} rows of ${input.columns.length} numbers`)
    const metric = reader.value('metric')
    if (metric !== 'euclidean' && metric !== 'manhattan')
      throw unsupported(place, `metric ${describeValue(metric)}`, 'Supported are euclidean and manhattan.')
    const sources = input.columns
    const nearest =
      metric === 'euclidean' ? nearness(centroids, input, scope) : manhattanNearness(centroids, input, scope)
    if (!reader.has('class_prior_')) return labelOfLargest({ columns: nearest, sources }, classes, scope)
    const priors = reader.finiteNumbers('class_prior_', classes.length)
    if (!priors.every((prior) => prior > 0)) throw unsupported(place, 'a prior of 0', 'Fit it without that class.')
    const isEven = priors.every((prior) => isClose(prior, 1 / classes.length))
    const columns = discriminants({ centroids, priors, metric }, { reader, input, scope })
    if (metric === 'manhattan') return labelOfLargest({ columns: isEven ? nearest : columns, sources }, classes, scope)
    const scored = scoredClassifier({ columns, sources }, classes, scope)
    return isEven ? withLabel(scored, indexOfLargest({ columns: nearest, sources }, scope)) : scored
  },
})

/** numpy.isclose. */
function isClose(value: number, wanted: number): boolean {
  return Math.abs(value - wanted) <= 1e-8 + 1e-5 * Math.abs(wanted)
}

/** Even priors are answered by plain distances, though scores are not. */
function withLabel(predictor: Predictor, index: readonly Column[]): Predictor {
  if (predictor.head.kind !== 'labels') return predictor
  const label = { start: predictor.output.length, width: 1, isIndex: true }
  return {
    ...predictor,
    output: [...predictor.output, ...index.map(({ ref }) => ref)],
    head: { kind: 'labels', targets: predictor.head.targets.map((target) => ({ ...target, label })) },
  }
}

type Context = { readonly reader: EstimatorReader; readonly input: ColumnSet; readonly scope: Scope }
type Centroids = {
  readonly centroids: Matrix
  readonly priors: Float64Array
  readonly metric: 'euclidean' | 'manhattan'
}

/** −distance² of columns divided by their deviation within classes + 2 · log prior. */
function discriminants({ centroids, priors, metric }: Centroids, { reader, input, scope }: Context): Column[] {
  const { builder } = scope
  const width = input.columns.length
  const deviations = reader.finiteNumbers('within_class_std_dev_', width).map((value) => (value === 0 ? 1 : value))
  const scaled = builder.compute(
    {
      kind: 'scale',
      inputs: input.columns.map(({ ref }) => ref),
      form: 'subtract-divide',
      first: Array.from(deviations, () => 0),
      second: Array.from(deviations),
    },
    input.columns,
  )
  const distance = builder.compute(
    {
      kind: 'distances',
      inputs: scaled.map(({ ref }) => ref),
      metric: metric === 'euclidean' ? 'sqeuclidean' : metric,
      power: 2,
      points: exactTable(
        centroids.values.map((value, at) => value / deviations[at % width]),
        width,
      ),
    },
    input.columns,
  )
  const squared =
    metric === 'euclidean' ? distance : mapAll(distance, { name: 'square', settings: () => [] }, { input, scope })
  return mapAll(squared, { name: 'affine', settings: (k) => [-1, 2 * Math.log(priors[k])] }, { input, scope })
}

function manhattanNearness({ values, columnCount }: Matrix, input: ColumnSet, scope: Scope): Column[] {
  const distance = scope.builder.compute(
    {
      kind: 'distances',
      inputs: input.columns.map(({ ref }) => ref),
      metric: 'manhattan',
      power: 1,
      points: exactTable(values, columnCount),
    },
    input.columns,
  )
  return mapAll(distance, { name: 'negative', settings: () => [] }, { input, scope })
}

type Mapped = {
  readonly name: 'affine' | 'square' | 'negative'
  readonly settings: (column: number) => readonly number[]
}

function mapAll(
  columns: readonly Column[],
  { name, settings }: Mapped,
  { input, scope }: Omit<Context, 'reader'>,
): Column[] {
  const functions = columns.map((_, k) => ({ name, settings: settings(k) }))
  return scope.builder.compute({ kind: 'map', inputs: columns.map(({ ref }) => ref), functions }, input.columns)
}
