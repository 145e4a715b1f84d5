// Columns, less a mean, as a linear map of them: what decompositions share.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { transpose } from '../dense-output.ts'
import type { EstimatorReader, Matrix } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'

type Parts = {
  /** [outputs, inputs] */
  readonly components: Matrix
  readonly mean?: Float64Array
  /** Each output is divided by its own. */
  readonly divisors?: Float64Array
}

/** (x − mean) · componentsᵀ / divisors, in float64. Refuses what is not finite, as all of them do. */
export function decompose(
  { components, mean, divisors }: Parts,
  input: ColumnSet,
  { reader, scope }: { readonly reader: EstimatorReader; readonly scope: Scope },
): Column[] {
  const { builder } = scope
  builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
  if (components.columnCount !== input.columns.length)
    throw reader.corrupt('components_', `${input.columns.length} columns`, `${components.columnCount}`)
  const inputs = input.columns.map(({ ref }) => ref)
  const first = mean === undefined ? undefined : Array.from(mean)
  const centered =
    first === undefined
      ? inputs
      : builder
          .compute({ kind: 'scale', inputs, form: 'subtract-divide', first, second: first.map(() => 1) }, input.columns)
          .map(({ ref }) => ref)
  const weights = transpose(components)
  if (divisors !== undefined) for (let i = 0; i < weights.length; i++) weights[i] /= divisors[i % components.rowCount]
  if (!weights.every(Number.isFinite))
    throw reader.corrupt('components_', 'numbers that are finite by their deviations', 'others')
  return builder.compute(
    {
      kind: 'linear',
      inputs: centered,
      weights: exactTable(weights, components.rowCount),
      bias: exactTable(new Float64Array(components.rowCount), components.rowCount),
    },
    input.columns,
  )
}
