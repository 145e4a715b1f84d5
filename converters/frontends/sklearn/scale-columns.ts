// Parameters of a scaler, one a column, in; a scale region and its columns out.

import { type Scale, scaleValue } from '../../../src/regions/scale.ts'
import type { EstimatorReader } from './estimator-reader.ts'
import type { Scope } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import { type Place, unsupported } from './place.ts'

export type ScaleParameters = Pick<Scale, 'form' | 'first' | 'second' | 'clip'>

/** Columns after the scale. NaN passes; ±Infinity is refused, as every scaler of scikit-learn does. */
export function scaleColumns(parameters: ScaleParameters, input: ColumnSet, { scope, place }: ScaleContext): ColumnSet {
  scope.builder.takeNumbers(input.columns, place, { nan: true, infinite: false })
  const region: Scale = { kind: 'scale', inputs: input.columns.map(({ ref }) => ref), ...parameters }
  const number = scope.builder.add(region)
  const columns = input.columns.map(({ feature, from, missing }, column) => ({
    ref: { region: number, column },
    feature,
    ...(from && { from }),
    domain: 'number' as const,
    missing: scaleValue(region, column, missing),
  }))
  return { columns, isSparse: input.isSparse }
}

type ScaleContext = { readonly scope: Scope; readonly place: Place }

/** (x − center) / scale with either part absent, as StandardScaler and RobustScaler do; sparse ones multiply by 1 / scale. */
export function centerAndScale(
  parts: { readonly center?: Float64Array; readonly scale?: Float64Array },
  input: ColumnSet,
  context: ScaleContext,
): ColumnSet {
  const width = input.columns.length
  const scale = parts.scale ?? new Float64Array(width).fill(1)
  if (input.isSparse) {
    if (parts.center !== undefined)
      throw unsupported(context.place, 'centering a sparse matrix', 'Make it dense first.')
    const first = Array.from(scale, (value) => 1 / value)
    return scaleColumns({ form: 'multiply-add', first, second: first.map(() => 0) }, input, context)
  }
  const first = Array.from(parts.center ?? new Float64Array(width))
  return scaleColumns({ form: 'subtract-divide', first, second: Array.from(scale) }, input, context)
}

/** A vector with a finite number a column. NaN means that the training column had no values at all. */
export function readPerColumn(reader: EstimatorReader, name: string, input: ColumnSet): Float64Array {
  const values = reader.numbers(name, input.columns.length)
  if (values.some(Number.isNaN)) {
    throw unsupported(
      reader.place,
      `NaN in ${name}, of a column that was empty in training,`,
      'Drop the column or impute it before scaling.',
    )
  }
  return values.every(Number.isFinite) ? values : reader.fail(name, 'finite numbers')
}

/** As `readPerColumn`, and nothing that a division by it would make infinite. */
export function readDivisors(reader: EstimatorReader, name: string, input: ColumnSet): Float64Array {
  const values = readPerColumn(reader, name, input)
  if (values.includes(0)) throw reader.corrupt(name, 'numbers other than 0', '0')
  return values
}
