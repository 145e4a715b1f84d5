// A fitted IterativeImputer in; the first filling, what each of its regressors makes of it in turn, and indicators out.

import { NdArray, PyDict, PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toNumber, toNumbers, toValues } from '../estimator-reader.ts'
import { defineEstimator, type Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { predictedNumbers } from '../meta/child-answers.ts'
import { FormulaColumns } from '../meta/formula-columns.ts'
import { pathWithin, unsupported } from '../place.ts'
import { indicate, isMissingScalar } from '../simple-imputer.ts'

/**
 * Source: sklearn/impute/_iterative.py of 1.9.1, `transform`: the regressors of `imputation_sequence_` are asked once more, in
 * their order, and what they say of a missing value takes the place of what was there.
 */
export const iterativeImputer = defineEstimator({
  names: ['IterativeImputer'],
  role: 'transformer',
  notes:
    'any supported regressors, orders, limits and initial_strategy, skip_complete, add_indicator, keep_empty_features (files of ' +
    '1.6 on); sample_posterior=False',
  reads: [
    'missing_values',
    'sample_posterior',
    'initial_imputer_',
    'imputation_sequence_',
    'add_indicator',
    'indicator_',
    'keep_empty_features',
    'n_iter_',
    '_is_empty_feature',
    '_min_value',
    '_max_value',
  ],
  ignored: Object.fromEntries(
    [
      'estimator _estimator max_iter tol n_nearest_features initial_strategy fill_value imputation_order skip_complete',
      'min_value max_value verbose random_state random_state_ n_features_with_missing_',
    ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into imputation_sequence_'])),
  ),
  transform(reader, input, scope) {
    const { place } = reader
    if (reader.boolean('sample_posterior'))
      throw unsupported(place, 'sample_posterior=True', 'It answers at random; fit it without.')
    const missing = readMissing(reader)
    const isNan = Number.isNaN(missing)
    const { kept, imputed } = readKept(reader, input.columns.length)
    const first = scope.transform(reader.value('initial_imputer_'), input, pathWithin(place, 'initial_imputer_'))
    scope.builder.takeNumbers(input.columns, place, { nan: isNan, infinite: false })
    const filled = first.columns.length === input.columns.length ? kept.map((i) => first.columns[i]) : first.columns
    if (filled.length !== kept.length)
      throw reader.corrupt('initial_imputer_', `${kept.length} columns`, `${filled.length}`)
    const own: ColumnSet = { columns: kept.map((i) => input.columns[i]), isSparse: false }
    const columns =
      reader.count('n_iter_') === 0 ? filled : impute({ reader, scope }, { own, filled, missing, imputed })
    const sentinels = input.columns.map(() => missing)
    const indicators = reader.boolean('add_indicator') ? indicate(reader, input, { missing: sentinels, scope }) : []
    return { columns: [...columns, ...indicators], isSparse: false }
  },
})

type Context = { readonly reader: EstimatorReader; readonly scope: Scope }
type Given = {
  /** The columns that are kept, as they arrive and after the first filling. */
  readonly own: ColumnSet
  readonly filled: readonly Column[]
  readonly missing: number
  /** By kept column: false where it was empty in training and stays as it is. */
  readonly imputed: readonly boolean[]
}

function impute({ reader, scope }: Context, { own, filled, missing, imputed }: Given): Column[] {
  const { builder } = scope
  const { place } = reader
  const width = filled.length
  const formulas = new FormulaColumns(builder)
  const isMissing = builder.add({
    kind: 'indicator',
    inputs: own.columns.map(({ ref }) => ref),
    missing: own.columns.map(() => missing),
  })
  const [low, high] = ['_min_value', '_max_value'].map((name) => reader.numbers(name, width))
  const columns = [...filled]
  reader.list('imputation_sequence_').forEach((entry, at) => {
    const { feature, neighbors, estimator } = readStep(reader, entry, width)
    if (!imputed[feature]) return
    const among: ColumnSet = { columns: neighbors.map((i) => columns[i]), isSparse: false }
    const child = scope.predict(estimator, among, pathWithin(place, `imputation_sequence_[${at}]`))
    for (const ref of child.output) builder.addInFloat64(ref)
    const values = predictedNumbers(child, formulas, place)
    if (values.length !== 1) throw unsupported(place, 'an estimator of several targets', 'Use one of a single target.')
    const bounds = [low[feature], high[feature]]
    const [value] = bounds[0] === -Infinity && bounds[1] === Infinity ? values : formulas.map(values, 'clip', ...bounds)
    const inputs = [{ region: isMissing, column: feature }, value, columns[feature].ref]
    // what is filled in depends on other columns, and is never missing
    columns[feature] = builder.compute({ kind: 'groups', inputs, operation: 'choose', size: 3 }, own.columns, 0)[0]
  })
  return columns
}

function readMissing(reader: EstimatorReader): number {
  const value = reader.value('missing_values')
  if (isMissingScalar(value)) return NaN
  const number = toNumber(value)
  if (number !== undefined && Number.isFinite(number)) return number
  throw unsupported(reader.place, `missing_values=${describeValue(value)}`, 'Supported are NaN and numbers.')
}

/** Columns that had no value in training are dropped, or left alone. */
function readKept(reader: EstimatorReader, width: number): { kept: number[]; imputed: boolean[] } {
  const keepsEmpty = reader.valueOr('keep_empty_features', false) === true
  if (keepsEmpty && !reader.has('_is_empty_feature'))
    throw unsupported(
      reader.place,
      'keep_empty_features=True before scikit-learn 1.6',
      'Those versions fill in whole columns anew; fit it with a later one.',
    )
  const isEmpty = reader.has('_is_empty_feature')
    ? Array.from(reader.numbers('_is_empty_feature', width), (value) => value !== 0)
    : emptyByStatistics(reader, width)
  const all = isEmpty.map((_, i) => i)
  if (keepsEmpty) return { kept: all, imputed: isEmpty.map((empty) => !empty) }
  const kept = all.filter((i) => !isEmpty[i])
  return { kept, imputed: kept.map(() => true) }
}

/** Before 1.6 the statistic of an empty column is the only sign of it. */
function emptyByStatistics(reader: EstimatorReader, width: number): boolean[] {
  const { state } = reader.object('initial_imputer_', 'SimpleImputer')
  const statistics = toValues(state instanceof PyDict ? state.get('statistics_') : undefined)
  if (statistics?.length !== width) throw reader.corrupt('initial_imputer_', `${width} statistics`, 'others')
  return statistics.map(isMissingScalar)
}

type Step = { readonly feature: number; readonly neighbors: readonly number[]; readonly estimator: PyValue }

/** A named tuple: the column that is filled in, those that it is told by, and the regressor. */
function readStep(reader: EstimatorReader, entry: PyValue, width: number): Step {
  const [first, others, estimator] = entry instanceof PyObject ? entry.args : Array.isArray(entry) ? entry : []
  const feature = toNumber(first)
  const neighbors = others instanceof NdArray ? toNumbers(others) : undefined
  const isColumn = (value: number): boolean => Number.isInteger(value) && value >= 0 && value < width
  if (feature === undefined || !isColumn(feature) || !neighbors?.every(isColumn) || estimator === undefined)
    return reader.fail('imputation_sequence_', `columns below ${width} with estimators`)
  return { feature, neighbors: Array.from(neighbors), estimator }
}
