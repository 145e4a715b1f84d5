// One function of one number a column in; a map region and its columns out.

import type { MappedColumn } from '../../../../src/regions/formula/column-map.ts'
import { columnFunctionSpec } from '../../../../src/regions/formula/column-functions.ts'
import type { Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'

/** `functions[i]` of column i; what they refuse is the caller's to declare. */
export function mapColumns(functions: readonly MappedColumn[], input: ColumnSet, { builder }: Scope): Column[] {
  const region = builder.add({ kind: 'map', inputs: input.columns.map(({ ref }) => ref), functions })
  return input.columns.map(({ feature, from, missing }, column) => {
    const { name, settings } = functions[column]
    const spec = columnFunctionSpec(name)
    // settings that cannot be computed with are refused when the graph is verified
    const compute = spec.issueOf?.(settings) === undefined ? spec.make(settings) : undefined
    return {
      ref: { region, column },
      feature,
      ...(from && { from }),
      domain: 'number',
      missing: compute?.(missing) ?? Number.NaN,
    }
  })
}
