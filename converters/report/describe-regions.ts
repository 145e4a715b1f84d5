// A region graph in, one line a region out: what it is, what it reads and how large its tables are.

import type { Region, RegionGraph } from '../../src/regions/region.ts'
import { treeCount, treeDepths } from '../../src/regions/tree-layout.ts'

export type RegionSummary = {
  readonly region: number
  readonly kind: Region['kind']
  readonly inputCount: number
  /** Regions that it reads. */
  readonly reads: readonly number[]
  readonly text: string
}

export function describeRegions(graph: RegionGraph): RegionSummary[] {
  return graph.regions.map((region, index) => {
    const inputs = region.kind === 'input' ? [] : region.inputs
    return {
      region: index,
      kind: region.kind,
      inputCount: inputs.length,
      reads: [...new Set(inputs.map((ref) => ref.region))].sort((a, b) => a - b),
      text: textOf(region),
    }
  })
}

function textOf(region: Region): string {
  switch (region.kind) {
    case 'input':
      return `${region.width} features`
    case 'impute':
      return `fills missing values of ${region.inputs.length} columns`
    case 'indicator':
      return `marks missing values of ${region.inputs.length} columns`
    case 'scale':
      return `scales ${region.inputs.length} columns (${region.form})`
    case 'one-hot':
      return `${region.columns.length} columns to ${region.columns.reduce((sum, { width }) => sum + width, 0)}`
    case 'ordinal':
      return `numbers the categories of ${region.columns.length} columns`
    case 'dense-chain':
      return [
        region.layers[0]?.inputWidth ?? 0,
        ...region.layers.map(({ outputWidth, activation }) =>
          activation === 'identity' ? `${outputWidth}` : `${outputWidth} ${activation}`,
        ),
      ].join(' → ')
    case 'ranks': {
      const points = region.columns.reduce((sum, c) => sum + (c.kind === 'rank' ? c.flipPoints.length : 0), 0)
      return `${region.columns.length} columns, ${points} flip points`
    }
    case 'split-trees':
    case 'tree-ensemble': {
      const deepest = treeDepths(region).reduce((most, depth) => Math.max(most, depth), 0)
      return `${treeCount(region)} trees, ${region.jump.length} nodes, depth ${deepest}, ${region.outputWidth} outputs (${region.aggregate})`
    }
  }
}
