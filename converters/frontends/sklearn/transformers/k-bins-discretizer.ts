// A fitted KBinsDiscretizer in; the number of each column's bin, or a column a bin, out.

import type { Column } from '../columns.ts'
import { assertColumnCount } from '../columns.ts'
import { describeValue, type EstimatorReader, toNumbers, toValues } from '../estimator-reader.ts'
import { defineEstimator, isSince } from '../estimator-spec.ts'
import { dtypeName } from '../one-hot-encoder.ts'
import { unsupported } from '../place.ts'
import { mapColumns } from './map-columns.ts'

/**
 * Source: scikit-learn 1.9, preprocessing/_discretization.py, `KBinsDiscretizer.transform`; 1.0 moved numbers up by a
 * tolerance before it looked for their bin.
 */
export const kBinsDiscretizer = defineEstimator({
  names: ['KBinsDiscretizer'],
  role: 'transformer',
  notes: 'every strategy; onehot, onehot-dense, ordinal',
  reads: ['bin_edges_', 'encode', 'dtype'],
  ignored: {
    n_bins: 'fitted into bin_edges_',
    n_bins_: 'counted from bin_edges_',
    strategy: 'fitted into bin_edges_',
    quantile_method: 'fitted into bin_edges_',
    subsample: 'training only',
    random_state: 'training only',
    _encoder: 'gives a column to each bin',
  },
  transform(reader, input, scope) {
    const { builder } = scope
    const { place } = reader
    const encode = reader.string('encode')
    if (!['onehot', 'onehot-dense', 'ordinal'].includes(encode))
      throw unsupported(place, `encode=${encode}`, 'Supported are onehot, onehot-dense and ordinal.')
    const dtype = reader.value('dtype')
    if (dtype !== null && !/^(float64|float_?|double|f8|d)$/.test(dtypeName(dtype)))
      throw unsupported(place, `dtype=${dtypeName(dtype)}`, 'Supported are None and float64.')
    builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
    const edges = readEdges(reader, input.columns.length)
    const name = isSince(place.version, 1, 1) ? 'bins' : 'loose-bins'
    const functions = edges.map((own) => ({ name, settings: own.slice(1, -1) }) as const)
    const bins = mapColumns(functions, input, scope)
    if (encode === 'ordinal') return { columns: bins, isSparse: false }
    const counts = edges.map(({ length }) => length - 1)
    assertColumnCount(counts.reduce((sum, count) => sum + count, 0))
    const region = builder.add({
      kind: 'one-hot',
      inputs: bins.map(({ ref }) => ref),
      columns: counts.map((width) => {
        const keys = Array.from({ length: width }, (_, bin) => bin)
        return { keys, slots: keys, width, unknownSlot: -1 }
      }),
    })
    const columns: Column[] = []
    for (const [i, width] of counts.entries()) {
      const { feature, from, missing } = bins[i]
      for (let bin = 0; bin < width; bin++) {
        const ref = { region, column: columns.length }
        columns.push({ ref, feature, ...(from && { from }), domain: 'number', missing: missing === bin ? 1 : 0 })
      }
    }
    return { columns, isSparse: encode === 'onehot' }
  },
})

function readEdges(reader: EstimatorReader, width: number): number[][] {
  const lists = toValues(reader.value('bin_edges_')) ?? reader.fail('bin_edges_', 'a vector of vectors')
  if (lists.length !== width) throw reader.corrupt('bin_edges_', `${width} vectors`, `${lists.length}`)
  return lists.map((list) => {
    const edges = toNumbers(list)
    if (edges === undefined || edges.length < 2)
      throw reader.corrupt('bin_edges_', 'vectors of two numbers or more', describeValue(list))
    if (edges.some((edge, i) => Number.isNaN(edge) || (i > 0 && edge < edges[i - 1])))
      return reader.fail('bin_edges_', 'ascending numbers')
    return Array.from(edges)
  })
}
