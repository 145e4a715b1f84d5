// A fitted QuantileTransformer in; each column by its place among the fitted quantiles out.

import { quantiles } from '../../../../src/regions/formula/quantiles.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import { transpose } from '../dense-output.ts'
import { toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import type { Column } from '../columns.ts'
import { unsupported } from '../place.ts'

export const quantileTransformer = defineEstimator({
  names: ['QuantileTransformer'],
  role: 'transformer',
  notes: 'uniform and normal',
  reads: ['quantiles_', 'references_', 'output_distribution'],
  ignored: {
    n_quantiles: 'fitted into quantiles_',
    n_quantiles_: 'fitted into quantiles_',
    ignore_implicit_zeros: 'training only',
    subsample: 'training only',
    random_state: 'training only',
    copy: 'memory only',
  },
  transform(reader, input, { builder }) {
    const { place } = reader
    const distribution = reader.string('output_distribution')
    if (distribution !== 'uniform' && distribution !== 'normal')
      throw unsupported(place, `output_distribution=${distribution}`, 'Supported are uniform and normal.')
    if (input.isSparse)
      throw unsupported(place, 'a sparse matrix, whose zeros are left as they are,', 'Make it dense first.')
    builder.takeNumbers(input.columns, place, { nan: true, infinite: false })
    const references = reader.finiteNumbers('references_')
    const fitted = toMatrix(reader.value('quantiles_'), place, 'quantiles_')
    if (fitted.rowCount !== references.length || fitted.columnCount !== input.columns.length)
      throw reader.corrupt(
        'quantiles_',
        `${references.length} × ${input.columns.length} numbers`,
        `${fitted.rowCount} × ${fitted.columnCount}`,
      )
    const computed = {
      kind: 'quantiles',
      inputs: input.columns.map(({ ref }) => ref),
      references: { exact: exactTable(references, references.length) },
      quantiles: { exact: exactTable(transpose(fitted), references.length) },
      distribution,
    } as const
    const region = builder.add(computed)
    // what an imputer before it made of missing values is no longer missing
    const missing = Float64Array.from(input.columns, (column) => column.missing)
    quantiles.compile(computed)(missing, missing)
    const columns = input.columns.map(({ feature, from }, column): Column => {
      return { ref: { region, column }, feature, ...(from && { from }), domain: 'number', missing: missing[column] }
    })
    return { columns, isSparse: false }
  },
})
