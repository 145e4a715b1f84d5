// The transformer of a target and columns of its numbers in; inverse_transform of them out.

import { PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import type { ColumnFunctionName } from '../../../../src/regions/formula/column-functions.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { describeValue, EstimatorReader, type KnownAttributes, toMatrix } from '../estimator-reader.ts'
import { columnFunctionOf } from '../function-transformer.ts'
import { pathWithin, type Place, unsupported } from '../place.ts'
import type { FormulaColumns } from './formula-columns.ts'

type Invert = (reader: EstimatorReader, columns: readonly ColumnRef[], formulas: FormulaColumns) => ColumnRef[]

type Inverse = KnownAttributes & { readonly invert: Invert }

const fitted = (names: string): Readonly<Record<string, string>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, 'not part of the inverse']))

/** x · scale + offset, as two steps of each column. */
function unscale(
  columns: readonly ColumnRef[],
  scale: ArrayLike<number>,
  offset: ArrayLike<number>,
  formulas: FormulaColumns,
) {
  return formulas.mapEach(
    columns,
    columns.map((_, i) => ({ name: 'affine', settings: [scale[i], offset[i]] })),
  )
}

/** Sources: `inverse_transform` in sklearn/preprocessing/_data.py and _function_transformer.py of 1.9.1. */
const inverses: Readonly<Record<string, Inverse>> = {
  FunctionTransformer: {
    reads: ['inverse_func', 'inv_kw_args'],
    ignored: fitted('func kw_args validate accept_sparse check_inverse feature_names_out'),
    invert(reader, columns, formulas) {
      const inverse = reader.value('inverse_func')
      return inverse === null ? [...columns] : formulas.map(columns, columnFunctionOf(inverse, reader, 'inv_kw_args'))
    },
  },
  StandardScaler: {
    reads: ['mean_', 'scale_', 'with_mean', 'with_std'],
    ignored: fitted('var_ n_samples_seen_ copy'),
    invert(reader, columns, formulas) {
      const ones = new Float64Array(columns.length).fill(1)
      const scale = reader.boolean('with_std') ? reader.finiteNumbers('scale_', columns.length) : ones
      const mean = reader.boolean('with_mean') ? reader.finiteNumbers('mean_', columns.length) : ones.map(() => 0)
      return unscale(columns, scale, mean, formulas)
    },
  },
  RobustScaler: {
    reads: ['center_', 'scale_', 'with_centering', 'with_scaling'],
    ignored: fitted('quantile_range unit_variance copy'),
    invert(reader, columns, formulas) {
      const ones = new Float64Array(columns.length).fill(1)
      const scale = reader.boolean('with_scaling') ? reader.finiteNumbers('scale_', columns.length) : ones
      const center = reader.boolean('with_centering')
        ? reader.finiteNumbers('center_', columns.length)
        : ones.map(() => 0)
      return unscale(columns, scale, center, formulas)
    },
  },
  MinMaxScaler: {
    reads: ['min_', 'scale_'],
    ignored: fitted('feature_range copy clip n_samples_seen_ data_min_ data_max_ data_range_'),
    invert(reader, columns, formulas) {
      const min = reader.finiteNumbers('min_', columns.length)
      const scale = reader.finiteNumbers('scale_', columns.length)
      const moved = unscale(
        columns,
        min.map(() => 1),
        min.map((value) => -value),
        formulas,
      )
      return formulas.mapEach(
        moved,
        moved.map((_, i) => ({ name: 'divide', settings: [scale[i]] })),
      )
    },
  },
  MaxAbsScaler: {
    reads: ['scale_'],
    ignored: fitted('copy max_abs_ n_samples_seen_ clip'),
    invert(reader, columns, formulas) {
      const scale = reader.finiteNumbers('scale_', columns.length)
      return unscale(
        columns,
        scale,
        scale.map(() => 0),
        formulas,
      )
    },
  },
  PowerTransformer: {
    reads: ['lambdas_', 'method', 'standardize', '_scaler'],
    ignored: fitted('copy'),
    invert(reader, columns, formulas) {
      const plain = reader.boolean('standardize')
        ? inverseTransform(reader.value('_scaler'), columns, { formulas, place: reader.place })
        : [...columns]
      const method = reader.string('method')
      const name = powers.get(method)
      if (name === undefined)
        throw unsupported(reader.place, `method=${method}`, 'Supported are yeo-johnson and box-cox.')
      const lambdas = reader.finiteNumbers('lambdas_', columns.length)
      return formulas.mapEach(
        plain,
        plain.map((_, i) => ({ name, settings: [lambdas[i]] })),
      )
    },
  },
  QuantileTransformer: {
    reads: ['quantiles_', 'references_', 'output_distribution'],
    ignored: fitted('n_quantiles n_quantiles_ ignore_implicit_zeros subsample random_state copy'),
    invert(reader, columns, formulas) {
      const references = reader.finiteNumbers('references_')
      const { rowCount, columnCount, values } = toMatrix(reader.value('quantiles_'), reader.place, 'quantiles_')
      if (rowCount !== references.length || columnCount !== columns.length)
        throw reader.corrupt('quantiles_', `${references.length} × ${columns.length} numbers`, 'others')
      if (references.some((reference, i) => i > 0 && !(references[i - 1] <= reference)))
        throw reader.corrupt('references_', 'ascending numbers', 'others')
      const isNormal = reader.string('output_distribution') === 'normal'
      const shares = isNormal ? formulas.map(formulas.map(columns, 'normal-cdf'), 'snap-unit', 1e-7) : [...columns]
      return formulas.mapEach(
        shares,
        shares.map((_, column) => ({
          name: 'linear-pieces',
          settings: Array.from(references).flatMap((share, i) => [share, values[i * columnCount + column]]),
        })),
      )
    },
  },
}

const powers: ReadonlyMap<string, ColumnFunctionName> = new Map([
  ['yeo-johnson', 'yeo-johnson-inverse'],
  ['box-cox', 'box-cox-inverse'],
])

/** @throws UNSUPPORTED for a transformer that is not known */
export function inverseTransform(
  value: PyValue,
  columns: readonly ColumnRef[],
  { formulas, place }: { readonly formulas: FormulaColumns; readonly place: Place },
): ColumnRef[] {
  const name = value instanceof PyObject ? value.name : describeValue(value)
  if (!(value instanceof PyObject) || !Object.hasOwn(inverses, name))
    throw unsupported(place, `inverse_transform of ${name}`, `Supported are ${Object.keys(inverses).join(', ')}.`)
  const inverse = inverses[name]
  const path = pathWithin(place, 'transformer_')
  return inverse.invert(new EstimatorReader(value, { ...place, path, className: name }, inverse), columns, formulas)
}
