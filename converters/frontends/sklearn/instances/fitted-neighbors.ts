// What scikit-learn's neighbours models share in: the points, how they are searched, and the distance; region fields out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { FormulaOfKind } from '../../../../src/regions/formula/formulas.ts'
import type { MetricName } from '../../../../src/regions/formula/metric.ts'
import { NdArray, PyDict, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, type Matrix, toMatrix, toNumber, toNumbers } from '../estimator-reader.ts'
import type { Column, ColumnSet } from '../columns.ts'
import type { Scope } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'

export const neighborReads = [
  '_fit_X',
  '_fit_method',
  '_tree',
  'effective_metric_',
  'effective_metric_params_',
  'n_neighbors',
]

export const neighborIgnored: Readonly<Record<string, string>> = {
  algorithm: 'fitted into _fit_method',
  leaf_size: 'fitted into _tree',
  metric: 'fitted into effective_metric_',
  metric_params: 'fitted into effective_metric_params_',
  n_jobs: 'speed only',
  n_samples_fit_: 'counted from _fit_X',
  outputs_2d_: 'the shape of _y says the same',
  p: 'fitted into effective_metric_params_',
  radius: 'of searches by radius only',
}

const metrics: Readonly<Record<string, MetricName>> = {
  euclidean: 'euclidean',
  l2: 'euclidean',
  sqeuclidean: 'sqeuclidean',
  manhattan: 'manhattan',
  cityblock: 'manhattan',
  l1: 'manhattan',
  chebyshev: 'chebyshev',
  infinity: 'chebyshev',
  minkowski: 'minkowski',
  p: 'minkowski',
  cosine: 'cosine',
  canberra: 'canberra',
  hamming: 'hamming',
}

type Fields = FormulaOfKind<'neighbors'>

export type FittedNeighbors = Pick<Fields, 'search' | 'leafSize' | 'metric' | 'power' | 'count' | 'points'> & {
  /** What is measured: the columns, or their weighted form. */
  readonly columns: readonly Column[]
  /** Rows of a table a training row, in the order of `points`. */
  inOrder(table: Matrix): Float64Array
}

/** Refuses missing values, by which no row is near another. @param countName which attribute has their number */
export function readNeighbors(
  reader: EstimatorReader,
  input: ColumnSet,
  scope: Scope,
  countName = 'n_neighbors',
): FittedNeighbors {
  const measured = readMeasured(reader, input, scope)
  const rowCount = measured.points.values.length / measured.points.columns
  const count = reader.count(countName)
  if (count === 0 || count > rowCount) throw reader.corrupt(countName, `1 to ${rowCount} training rows`, `${count}`)
  return { ...measured, count }
}

/** The same for searches that count no neighbours. */
export function readMeasured(reader: EstimatorReader, input: ColumnSet, scope: Scope): Omit<FittedNeighbors, 'count'> {
  const { place } = reader
  scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
  const fitted = readPoints(reader, '_fit_X')
  if (fitted.columnCount !== input.columns.length)
    throw reader.corrupt('_fit_X', `${input.columns.length} columns`, `${fitted.columnCount}`)
  const { metric, power, weights } = readMetric(reader, fitted.columnCount)
  const { search, leafSize, order } = readSearch(reader, fitted.rowCount)
  const inOrder = ({ columnCount, values }: Matrix): Float64Array =>
    order === undefined
      ? values
      : values.map((_, at) => values[order[Math.floor(at / columnCount)] * columnCount + (at % columnCount)])
  const points = inOrder(fitted).slice()
  if (weights !== undefined) for (let at = 0; at < points.length; at++) points[at] *= weights[at % weights.length]
  const columns = weights === undefined ? input.columns : weighed(input.columns, weights, scope)
  return { search, leafSize, metric, power, points: exactTable(points, fitted.columnCount), columns, inOrder }
}

export function readPoints(reader: EstimatorReader, name: string): Matrix {
  const value = reader.value(name)
  if (value instanceof PyObject)
    throw unsupported(reader.place, `fitted on ${describeValue(value)}`, 'Fit it on a dense array.')
  if (!(value instanceof NdArray) || value.shape.length !== 2) return reader.fail(name, 'a matrix')
  return toMatrix(value, reader.place, name)
}

/** A distance of weighted columns is one of columns that were multiplied by the weight's root. */
function weighed(columns: readonly Column[], weights: Float64Array, { builder }: Scope): Column[] {
  const first = Array.from(weights)
  const inputs = columns.map(({ ref }) => ref)
  return builder.compute({ kind: 'scale', inputs, form: 'multiply-add', first, second: first.map(() => 0) }, columns)
}

function readMetric(reader: EstimatorReader, width: number) {
  const name = reader.value('effective_metric_')
  const known = `Supported are ${Object.keys(metrics).join(', ')}.`
  if (typeof name !== 'string') throw unsupported(reader.place, `a metric that is ${describeValue(name)}`, known)
  if (!Object.hasOwn(metrics, name)) throw unsupported(reader.place, `metric ${name}`, known)
  const metric = metrics[name]
  const params = reader.value('effective_metric_params_')
  if (!(params instanceof PyDict)) return reader.fail('effective_metric_params_', 'a dict')
  const isMinkowski = metric === 'minkowski'
  for (const [param, value] of params.entries) {
    if (value === null || (isMinkowski && (param === 'p' || param === 'w')) || param === 'p') continue
    throw unsupported(
      reader.place,
      `the parameter ${describeValue(param)} of metric ${name}`,
      'Known are p and w of minkowski.',
    )
  }
  if (!isMinkowski) return { metric, power: 2, weights: undefined }
  const power = toNumber(params.get('p') ?? 2)
  if (power === undefined || !(power > 0) || !Number.isFinite(power))
    throw unsupported(reader.place, `p=${describeValue(params.get('p'))}`, 'It must be a number above 0.')
  return { metric, power, weights: readWeights(reader, params.get('w'), { width, power }) }
}

function readWeights(
  reader: EstimatorReader,
  value: PyValue | undefined,
  { width, power }: { readonly width: number; readonly power: number },
): Float64Array | undefined {
  if (value == null) return undefined
  const weights = toNumbers(value)?.map((weight) => weight ** (1 / power))
  if (weights?.length === width && weights.every(Number.isFinite)) return weights
  throw reader.corrupt('effective_metric_params_', `${width} weights of 0 or more as w`, describeValue(value))
}

type Search = { readonly search: Fields['search']; readonly leafSize: number; readonly order?: Int32Array }

/** Trees keep a permutation of the training rows: their own arrays follow from it. */
function readSearch(reader: EstimatorReader, rowCount: number): Search {
  const method = reader.string('_fit_method')
  if (method === 'brute') return { search: 'brute', leafSize: 1 }
  if (method !== 'kd_tree' && method !== 'ball_tree')
    throw unsupported(reader.place, `the search ${method}`, 'Known are brute, kd_tree and ball_tree.')
  const { state } = reader.object('_tree')
  const [, indices, , , leafSize] = Array.isArray(state) ? state : []
  const order = toNumbers(indices)
  const size = toNumber(leafSize)
  if (order?.length !== rowCount || size === undefined || !Number.isSafeInteger(size) || size < 1)
    throw reader.corrupt('_tree', `a tree of ${rowCount} rows`, describeValue(state as PyValue))
  const seen = new Uint8Array(rowCount)
  for (const row of order) {
    if (seen[row] !== 0) throw reader.corrupt('_tree', 'a permutation of the rows', `row ${row}`)
    seen[row] = 1
  }
  const search = method === 'kd_tree' ? 'kd-tree' : 'ball-tree'
  // boxes hold these distances only; scikit-learn builds no other tree of boxes
  return { search, leafSize: Math.min(size, 1_000_000_000), order: Int32Array.from(order) }
}
