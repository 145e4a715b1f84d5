// A fitted Nystroem or RBFSampler in; the features of its kernel out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { PyDict } from '../../../formats/pickle/values.ts'
import { type EstimatorReader, type Matrix, toMatrix } from '../estimator-reader.ts'
import { defineEstimator, type Scope } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { transpose } from '../dense-output.ts'
import { kernelColumns, kernelNotes, readKernel } from './fitted-kernel.ts'

/** Source: sklearn/kernel_approximation.py of 1.9.1, `RBFSampler.transform`: cos(x · weights + offset) · √(2 / components). */
export const rbfSampler = defineEstimator({
  names: ['RBFSampler'],
  role: 'transformer',
  notes: 'any gamma',
  reads: ['random_weights_', 'random_offset_'],
  ignored: {
    gamma: 'fitted into random_weights_',
    _gamma: 'fitted into random_weights_',
    n_components: 'counted from random_offset_',
    random_state: 'training only',
    _n_features_out: 'counted from random_offset_',
  },
  transform(reader, input, scope) {
    const { place } = reader
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const weights = toMatrix(reader.value('random_weights_'), place, 'random_weights_')
    if (weights.rowCount !== input.columns.length || weights.columnCount === 0)
      throw reader.corrupt('random_weights_', `${input.columns.length} rows`, `${weights.rowCount}`)
    const offset = reader.finiteNumbers('random_offset_', weights.columnCount)
    const sums = linearMap(weights, offset, { columns: input.columns, sources: input.columns, scope })
    const waves = scope.builder.compute(
      {
        kind: 'map',
        inputs: sums.map(({ ref }) => ref),
        functions: sums.map(() => ({ name: 'cos', settings: [] })),
      },
      input.columns,
    )
    const size = Math.sqrt(2 / weights.columnCount)
    const columns = scope.builder.compute(
      {
        kind: 'map',
        inputs: waves.map(({ ref }) => ref),
        functions: waves.map(() => ({ name: 'affine', settings: [size, 0] })),
      },
      input.columns,
    )
    return { columns, isSparse: false }
  },
})

/** Source: the same file, `Nystroem.transform`: the kernel of a row and each component, times normalizationᵀ. */
export const nystroem = defineEstimator({
  names: ['Nystroem'],
  role: 'transformer',
  notes: kernelNotes,
  reads: ['components_', 'normalization_', 'kernel', 'gamma', 'coef0', 'degree', 'kernel_params'],
  ignored: {
    component_indices_: 'fitted into components_',
    n_components: 'counted from components_',
    n_jobs: 'speed only',
    random_state: 'training only',
    _n_features_out: 'counted from components_',
  },
  transform(reader, input, scope) {
    const { place } = reader
    scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const components = toMatrix(reader.value('components_'), place, 'components_')
    if (components.columnCount !== input.columns.length)
      throw reader.corrupt('components_', `${input.columns.length} columns`, `${components.columnCount}`)
    const normalization = toMatrix(reader.value('normalization_'), place, 'normalization_')
    if (normalization.columnCount !== components.rowCount || normalization.rowCount === 0)
      throw reader.corrupt('normalization_', `${components.rowCount} columns`, `${normalization.columnCount}`)
    const values = kernelColumns(readKernel(reader, input, readOwn(reader)), components, { input, scope })
    const { rowCount, columnCount } = normalization
    const weights = { rowCount: columnCount, columnCount: rowCount, values: transpose(normalization) }
    const columns = linearMap(weights, new Float64Array(rowCount), { columns: values, sources: input.columns, scope })
    return { columns, isSparse: false }
  },
})

/** Settings that a user gave by name are taken where those of the estimator are None. */
function readOwn(reader: EstimatorReader): PyDict | undefined {
  const own = reader.value('kernel_params')
  return own instanceof PyDict ? own : undefined
}

type Mapped = { readonly columns: readonly Column[]; readonly sources: readonly Column[]; readonly scope: Scope }

/** columns · weights + bias, computed from `sources`. */
export function linearMap(weights: Matrix, bias: Float64Array, { columns, sources, scope }: Mapped): Column[] {
  return scope.builder.compute(
    {
      kind: 'linear',
      inputs: columns.map(({ ref }) => ref),
      weights: exactTable(weights.values, weights.columnCount),
      bias: exactTable(bias, weights.columnCount),
    },
    sources,
  )
}
