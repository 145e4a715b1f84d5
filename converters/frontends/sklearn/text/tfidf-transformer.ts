// A fitted TfidfTransformer in; counts times the weights of their terms, divided by the row's norm, out.

import { exactTable } from '../../../../src/regions/formula/table.ts'
import { NdArray, PyDict } from '../../../formats/pickle/values.ts'
import { type EstimatorReader, toFlatNumbers, toNumbers } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { normalizeTerms } from './normalize-terms.ts'

export const tfidfTransformer = defineEstimator({
  names: ['TfidfTransformer'],
  role: 'transformer',
  notes: 'use_idf, sublinear_tf, norms l1 and l2',
  reads: ['norm', 'use_idf', 'sublinear_tf', 'idf_', '_idf_diag'],
  ignored: { smooth_idf: 'fitted into the weights' },
  transform(reader, input, scope) {
    const { builder } = scope
    builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const weights = readWeights(reader, input.columns.length)
    const region = {
      kind: 'term-weights',
      inputs: input.columns.map(({ ref }) => ref),
      sublinear: reader.boolean('sublinear_tf'),
      weights: exactTable(weights, Math.max(1, weights.length)),
    } as const
    const columns = builder.compute(region, input.columns)
    return normalizeTerms({ columns, isSparse: true }, reader, scope)
  },
})

/** From 1.3 on an array; before the diagonal of a sparse matrix. */
function readWeights(reader: EstimatorReader, count: number): Float64Array {
  if (!reader.boolean('use_idf')) return new Float64Array(0)
  if (reader.has('idf_')) return reader.finiteNumbers('idf_', count)
  const { state } = reader.object('_idf_diag')
  const part = (name: string) => (state instanceof PyDict ? state.get(name) : undefined)
  const data = part('data')
  const values = data instanceof NdArray ? toFlatNumbers(data) : undefined
  // csr numbers the columns of its values, which are all on the diagonal
  const places = toNumbers(part('indices'))
  const isDiagonal = places === undefined || places.every((place, i) => place === i)
  if (values?.length !== count || !isDiagonal || !values.every(Number.isFinite))
    return reader.fail('_idf_diag', `a diagonal matrix of ${count} finite numbers`)
  return values.slice()
}
