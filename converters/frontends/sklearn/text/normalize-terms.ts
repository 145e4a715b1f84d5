// Columns of one text in; the columns divided by their norm out, where the vectorizer has one.

import { describeValue, type EstimatorReader } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'

/** Source: sklearn/preprocessing/_data.py of 1.9.1, `normalize`: rows of zeros stay. */
export function normalizeTerms(input: ColumnSet, reader: EstimatorReader, { builder }: Scope): ColumnSet {
  const norm = reader.value('norm')
  if (norm === null) return input
  if (norm !== 'l1' && norm !== 'l2')
    throw unsupported(reader.place, `norm=${describeValue(norm)}`, 'Supported are l1, l2 and None.')
  const inputs = input.columns.map(({ ref }) => ref)
  return { ...input, columns: builder.compute({ kind: 'normalize', inputs, norm, least: 0 }, input.columns) }
}
