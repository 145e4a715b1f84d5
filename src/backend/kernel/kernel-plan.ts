// A model's regions in, what a kernel of it computes out: encoded columns, then trees or layers, or the columns themselves.

import type { ArtifactMetadata } from '../../artifact/metadata.ts'
import { createError } from '../../errors.ts'
import type { ColumnRef } from '../../regions/column-ref.ts'
import type { DenseChain } from '../../regions/dense-chain.ts'
import type { Ranks } from '../../regions/ranks.ts'
import type { Region, RegionGraph } from '../../regions/region.ts'
import type { TreeEnsemble } from '../../regions/tree-ensemble.ts'

export type KernelPlan =
  | {
      readonly kind: 'trees'
      readonly region: TreeEnsemble
      readonly regionIndex: number
      readonly ranks: Ranks
      readonly columns: readonly ColumnRef[]
    }
  | { readonly kind: 'dense'; readonly region: DenseChain; readonly columns: readonly ColumnRef[] }
  /** A transformer: raw is made of encoded columns. */
  | { readonly kind: 'columns'; readonly columns: readonly ColumnRef[] }

/** @throws UNSUPPORTED with the region that no kernel computes */
export function planKernel(graph: RegionGraph, { inputs }: Pick<ArtifactMetadata, 'inputs'>): KernelPlan {
  const { regions, output } = graph
  if (inputs.every(({ region }) => region === -1)) return { kind: 'columns', columns: output }
  const regionIndex = output[0].region
  const region = regions[regionIndex]
  const isWhole = output.every((ref, column) => ref.region === regionIndex && ref.column === column)
  if (!isWhole || output.length !== widthOf(region))
    throw unsupported('its raw columns are not those of one region in their order')
  if (region.kind === 'dense-chain') return { kind: 'dense', region, columns: region.inputs }
  if (region.kind !== 'tree-ensemble') throw unsupported(`region ${regionIndex} (${region.kind}) gives its answer`)
  const ranksIndex = region.inputs.at(0)?.region ?? 0
  const ranks = regions[ranksIndex]
  if (ranks.kind !== 'ranks' || region.inputs.some((ref) => ref.region !== ranksIndex))
    throw unsupported(`the trees of region ${regionIndex} read other columns than those of one ranks region`)
  return { kind: 'trees', region, regionIndex, ranks, columns: region.inputs }
}

function widthOf(region: Region): number {
  if (region.kind === 'dense-chain') return region.layers[region.layers.length - 1].outputWidth
  return region.kind === 'tree-ensemble' ? region.outputWidth : NaN
}

function unsupported(reason: string): Error {
  return createError('UNSUPPORTED', `no kernel computes this model: ${reason}; its graph does`)
}
