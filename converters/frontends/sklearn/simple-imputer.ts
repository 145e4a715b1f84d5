// A fitted SimpleImputer in; impute and indicator regions out.

import { imputeValue, type Impute } from '../../../src/regions/impute.ts'
import { type Indicator, indicatorValue } from '../../../src/regions/indicator.ts'
import { PyGlobal, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, EstimatorReader, toValues } from './estimator-reader.ts'
import { defineEstimator, isSince, type Scope } from './estimator-spec.ts'
import type { Column, ColumnSet } from './columns.ts'
import { type Place, unsupported } from './place.ts'

const strategies = ['mean', 'median', 'most_frequent', 'constant']

export const simpleImputer = defineEstimator({
  names: ['SimpleImputer'],
  role: 'transformer',
  notes: 'every strategy that fits a statistic, add_indicator, any missing_values',
  reads: ['statistics_', 'strategy', 'missing_values', 'add_indicator', 'indicator_', 'keep_empty_features'],
  ignored: {
    fill_value: 'fitted into statistics_',
    copy: 'memory only',
    verbose: 'messages only',
    _fit_dtype: 'type of the training array',
    _fill_dtype: 'type of the training array',
  },
  transform(reader, input, scope) {
    const { place } = reader
    const strategy = reader.value('strategy')
    if (typeof strategy !== 'string' || !strategies.includes(strategy)) {
      throw unsupported(place, `strategy ${describeValue(strategy)}`, `Supported are ${strategies.join(', ')}.`)
    }
    const statistics = toValues(reader.value('statistics_')) ?? reader.fail('statistics_', 'a vector')
    if (statistics.length !== input.columns.length) {
      throw reader.corrupt('statistics_', `${input.columns.length} entries`, `${statistics.length}`)
    }
    const keepsEmpty =
      reader.valueOr('keep_empty_features', false) === true ||
      (strategy === 'constant' && !isSince(place.version, 1, 8))
    const missingValues = reader.value('missing_values')
    const kept: number[] = []
    const missing = input.columns.map((column, i) => {
      if (keepsEmpty || !isMissingScalar(statistics[i])) kept.push(i)
      return sentinelOf(missingValues, column, { place, scope, statistic: statistics[i] })
    })
    const fill = kept.map((i) => fillOf(statistics[i], input.columns[i], { reader, scope, missingValues }))
    const region: Impute = {
      kind: 'impute',
      inputs: kept.map((i) => input.columns[i].ref),
      missing: kept.map((i) => missing[i]),
      fill,
    }
    const number = scope.builder.add(region)
    const imputed = kept.map((i, column): Column => {
      const source = input.columns[i]
      return { ...source, ref: { region: number, column }, missing: imputeValue(region, column, source.missing) }
    })
    const indicators = reader.boolean('add_indicator') ? indicate(reader, input, { missing, scope }) : []
    return { columns: [...imputed, ...indicators], isSparse: input.isSparse }
  },
})

type FillContext = { readonly reader: EstimatorReader; readonly scope: Scope; readonly missingValues: PyValue }

function fillOf(statistic: PyValue, column: Column, { reader, scope, missingValues }: FillContext): number {
  const { builder } = scope
  const { place } = reader
  if (typeof statistic === 'string') {
    builder.declareString(column, place)
    return builder.codeOf(column, statistic)
  }
  if (typeof statistic === 'boolean') {
    builder.declareBoolean(column, place)
    return statistic ? 1 : 0
  }
  const number = isMissingScalar(statistic) ? Number.NaN : statistic
  if (typeof number !== 'number' || Math.abs(number) === Number.POSITIVE_INFINITY) {
    throw reader.corrupt('statistics_', 'texts, booleans or finite numbers', describeValue(statistic))
  }
  if (typeof missingValues === 'string') {
    throw unsupported(
      place,
      `the text ${JSON.stringify(missingValues)} as missing value of the numeric column ${builder.nameOf(column)}`,
      'Turn it into NaN before training.',
    )
  }
  builder.takeNumbers([column], place, { nan: true, infinite: false })
  return number
}

type SentinelContext = { readonly place: Place; readonly scope: Scope; readonly statistic: PyValue }

/** The canonical value that stands for missing in `column`; refuses NaN where it is another one. */
export function sentinelOf(
  missingValues: PyValue,
  column: Column,
  { place, scope, statistic }: SentinelContext,
): number {
  const { builder } = scope
  if (isMissingScalar(missingValues)) return Number.NaN
  if (typeof missingValues === 'string' && (typeof statistic === 'string' || isMissingScalar(statistic))) {
    builder.refuseMissing(column)
    builder.declareString(column, place)
    return builder.codeOf(column, missingValues)
  }
  if (typeof missingValues === 'string') return Number.NaN
  if (typeof missingValues === 'number' && typeof statistic !== 'string') {
    builder.refuseMissing(column)
    builder.declareSentinel(column, missingValues)
    return missingValues
  }
  throw unsupported(
    place,
    `missing_values=${describeValue(missingValues)} for column ${builder.nameOf(column)}`,
    'Supported are NaN, None, pandas.NA, a number for numeric columns and a text for text columns.',
  )
}

/** None, NaN and pandas.NA: all of them are a missing value of a row. */
export function isMissingScalar(value: PyValue | undefined): boolean {
  if (value === null || (typeof value === 'number' && Number.isNaN(value))) return true
  if (value instanceof PyGlobal) return value.name === 'NA'
  return value instanceof PyObject && value.name === 'NAType'
}

type IndicatorContext = { readonly missing: readonly number[]; readonly scope: Scope }

export function indicate(reader: EstimatorReader, input: ColumnSet, { missing, scope }: IndicatorContext): Column[] {
  const indicator = new EstimatorReader(
    reader.object('indicator_', 'MissingIndicator'),
    { ...reader.place, className: 'MissingIndicator' },
    {
      reads: ['features_'],
      ignored: {
        missing_values: 'the same as those of the imputer',
        features: 'fitted into features_',
        sparse: 'container of the output',
        error_on_new: 'False within an imputer',
        _n_features: 'counted against the columns',
        _precomputed: 'True within an imputer',
      },
    },
  )
  const features = indicator.numbers('features_')
  const inputs = Array.from(
    features,
    (feature) => input.columns[feature] ?? indicator.fail('features_', 'column indices'),
  )
  const region: Indicator = {
    kind: 'indicator',
    inputs: inputs.map(({ ref }) => ref),
    missing: Array.from(features, (feature) => missing[feature]),
  }
  if (inputs.length === 0) return []
  const number = scope.builder.add(region)
  return inputs.map(({ feature, from, missing }, column) => ({
    ref: { region: number, column },
    feature,
    ...(from && { from }),
    domain: 'number',
    missing: indicatorValue(region, column, missing),
  }))
}
