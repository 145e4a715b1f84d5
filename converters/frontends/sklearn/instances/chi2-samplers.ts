// A fitted SkewedChi2Sampler or AdditiveChi2Sampler in; the features of its kernel out.

import type { ColumnFunctionName } from '../../../../src/regions/formula/column-functions.ts'
import { type EstimatorReader, toMatrix } from '../estimator-reader.ts'
import { defineEstimator, type Scope } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { unsupported } from '../place.ts'
import { linearMap } from './kernel-maps.ts'

/** Source: sklearn/kernel_approximation.py of 1.9.1, `SkewedChi2Sampler.transform`. */
export const skewedChi2Sampler = defineEstimator({
  names: ['SkewedChi2Sampler'],
  role: 'transformer',
  notes: 'rows of numbers above −skewedness; NaN for others',
  reads: ['random_weights_', 'random_offset_', 'skewedness'],
  ignored: {
    n_components: 'counted from random_offset_',
    random_state: 'training only',
    _n_features_out: 'counted from random_offset_',
  },
  transform(reader, input, scope) {
    const { place } = reader
    const sources = input.columns
    scope.builder.takeNumbers(sources, place, { nan: false, infinite: false })
    const weights = toMatrix(reader.value('random_weights_'), place, 'random_weights_')
    if (weights.rowCount !== sources.length || weights.columnCount === 0)
      throw reader.corrupt('random_weights_', `${sources.length} rows`, `${weights.rowCount}`)
    const offset = reader.finiteNumbers('random_offset_', weights.columnCount)
    const size = Math.sqrt(2) / Math.sqrt(weights.columnCount)
    const apply = (columns: readonly Column[], name: ColumnFunctionName, ...settings: number[]): Column[] =>
      mapped(columns, { name, settings }, { sources, scope })
    const logs = apply(apply(sources, 'affine', 1, reader.finite('skewedness')), 'log')
    const sums = linearMap(weights, offset, { columns: logs, sources, scope })
    return { columns: apply(apply(sums, 'cos'), 'affine', size, 0), isSparse: false }
  },
})

/** Source: the same file, `AdditiveChi2Sampler.transform`: roots first, then cosines and sines of each step. */
export const additiveChi2Sampler = defineEstimator({
  names: ['AdditiveChi2Sampler'],
  role: 'transformer',
  notes: 'any steps and interval; NaN for numbers below 0',
  reads: ['sample_steps', 'sample_interval', 'sample_interval_'],
  ignored: {},
  transform(reader, input, scope) {
    const sources = input.columns
    scope.builder.takeNumbers(sources, reader.place, { nan: false, infinite: false })
    const steps = reader.count('sample_steps')
    const interval = readInterval(reader, steps)
    const apply = (name: ColumnFunctionName, ...settings: number[]): Column[] =>
      mapped(sources, { name, settings }, { sources, scope })
    const columns = apply('chi2-root', interval)
    for (let step = 1; step < steps; step++)
      columns.push(...apply('chi2-cos', interval, step), ...apply('chi2-sin', interval, step))
    return { columns, isSparse: input.isSparse }
  },
})

const intervals = [0.8, 0.5, 0.4]

/** A hostile file could ask for any number of columns. */
const mostSteps = 1000

function readInterval(reader: EstimatorReader, steps: number): number {
  if (steps === 0 || steps > mostSteps)
    throw unsupported(reader.place, `sample_steps=${steps}`, `Supported are 1 to ${mostSteps}.`)
  if (reader.value('sample_interval') !== null) return reader.finite('sample_interval')
  if (reader.has('sample_interval_')) return reader.finite('sample_interval_')
  return intervals[steps - 1] ?? reader.fail('sample_interval', 'a number for so many steps')
}

type Mapped = { readonly name: ColumnFunctionName; readonly settings: readonly number[] }

function mapped(
  columns: readonly Column[],
  each: Mapped,
  { sources, scope }: { readonly sources: readonly Column[]; readonly scope: Scope },
): Column[] {
  const inputs = columns.map(({ ref }) => ref)
  return scope.builder.compute({ kind: 'map', inputs, functions: columns.map(() => each) }, sources)
}
