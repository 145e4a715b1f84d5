// A fitted RandomTreesEmbedding in; a column a leaf of each tree, 1 where a row ends there, out.

import { PyDict } from '../../../formats/pickle/values.ts'
import { type EstimatorReader, toNumbers, toValues } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { forestIgnored, readForest } from '../forest.ts'
import { assertColumnCount, type Column } from '../columns.ts'
import { addTrees } from '../tree-region.ts'

/** Source: sklearn/ensemble/_forest.py of 1.9.1, `RandomTreesEmbedding.transform`: the leaves of `apply`, encoded one-hot. */
export const randomTreesEmbedding = defineEstimator({
  names: ['RandomTreesEmbedding'],
  role: 'transformer',
  notes: 'any trees; sparse or dense',
  reads: ['estimators_', 'one_hot_encoder_', 'sparse_output'],
  ignored: { ...forestIgnored, n_outputs_: 'of its made-up target', _n_features_out: 'counted from the leaves' },
  transform(reader, input, { builder }) {
    const { place } = reader
    const { trees, nan } = readForest(reader)
    builder.takeNumbers(input.columns, place, { nan: nan && !input.isSparse, infinite: false })
    const lists = readLeaves(reader, trees.length)
    assertColumnCount(lists.reduce((sum, { length }) => sum + length, 0))
    const columns = trees.flatMap((nodes, i) => {
      const places = new Map(Array.from(lists[i], (node, at) => [node, at]))
      const writeLeaf = (node: number, target: Float64Array, offset: number): void => {
        target[offset + (places.get(node) ?? reader.fail('one_hot_encoder_', 'the leaves of all trees'))] = 1
      }
      const options = { input, builder, place, width: places.size, aggregate: 'sum' } as const
      return addTrees([{ ...nodes, writeLeaf }], options)
    })
    const made = columns.map((ref): Column => {
      return { ref, feature: undefined, from: input.columns, domain: 'number', missing: 0 }
    })
    return { columns: made, isSparse: reader.boolean('sparse_output') }
  },
})

/** Numbers of the nodes that are leaves, a list a tree. */
function readLeaves(reader: EstimatorReader, count: number): Float64Array[] {
  const { state } = reader.object('one_hot_encoder_', 'OneHotEncoder')
  const lists = toValues(state instanceof PyDict ? state.get('categories_') : undefined)?.map(toNumbers)
  const known = lists?.filter((list) => list !== undefined && list.length > 0)
  return known?.length === count
    ? (known as Float64Array[])
    : reader.fail('one_hot_encoder_', `leaves of ${count} trees`)
}
