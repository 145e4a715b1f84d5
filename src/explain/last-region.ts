// A region graph and the region that gives its raw outputs in; that region as a function of columns, each of one feature, out.

import { type DenseChain, runDenseChain } from '../regions/dense-chain.ts'
import { interpretInputs } from '../regions/interpret.ts'
import type { RegionGraph } from '../regions/region.ts'
import type { TreeEnsemble } from '../regions/tree-ensemble.ts'
import { leafNumbers, sumLeaves } from '../regions/tree-layout.ts'
import { columnFeature } from './column-feature.ts'
import type { ColumnModel } from './column-model.ts'

/** All preprocessing before it is column by column, so each of its columns comes of one feature. */
export type LastRegion = ColumnModel & { readonly chain?: DenseChain }

/** @throws UNSUPPORTED where the region reads the output of another model */
export function lastRegion(graph: RegionGraph, number: number, region: DenseChain | TreeEnsemble): LastRegion {
  const featureOf = region.inputs.map((ref) => columnFeature(graph, ref))
  const columns = (row: ArrayLike<number>): Float64Array => interpretInputs(graph, row, number)
  if (region.kind === 'dense-chain')
    return { featureOf, columns, run: (row) => runDenseChain(region, row), chain: region }
  const leafOf = leafNumbers(region.jump)
  const { column, rank } = region
  return { featureOf, columns, run: (row) => sumLeaves(region, leafOf, (n) => row[column[n]] > rank[n]) }
}
