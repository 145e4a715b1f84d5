// A region graph in, one line a region out: what it is, what it reads and how large its tables are.

import { describeRegion } from '../../src/regions/print.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'

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
      text: describeRegion(region),
    }
  })
}
