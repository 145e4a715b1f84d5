// A region graph and one of its regions in; whether what it gives is compared somewhere behind it, so that a small change of
// it may be a large one of the answer, out.

import type { ColumnFunctionName } from '../../src/regions/formula/column-functions.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import type { QuantizeMode } from './quantize-mode.ts'

/** Regions whose outputs jump. */
const steppingKinds: ReadonlySet<Region['kind']> = new Set<Region['kind']>([
  'ranks',
  'split-trees',
  'one-hot',
  'ordinal',
  'neighbors',
  'radius-neighbors',
  'neighbor-imputer',
  'pair-votes',
  'weighted-median',
])

const steppingFunctions: ReadonlySet<string> = new Set<ColumnFunctionName>([
  'above',
  'bins',
  'loose-bins',
  'floor',
  'ceil',
  'rint',
  'trunc',
  'sign',
])

/**
 * The mode in which a region is stored: uint16 in place of uint8 where something behind it compares what it gives. Made-up
 * rows seldom lie as near to such a threshold as one of many real rows does.
 */
export function modeOf(graph: RegionGraph, index: number, mode: QuantizeMode): QuantizeMode {
  return mode === 'uint8' && hasStepsAhead(graph, index) ? 'uint16' : mode
}

function hasStepsAhead({ regions }: RegionGraph, index: number): boolean {
  const reached = new Set([index])
  return regions.some((region, number) => {
    if (number <= index || region.kind === 'input' || !region.inputs.some((ref) => reached.has(ref.region)))
      return false
    reached.add(number)
    return isStepping(region)
  })
}

function isStepping(region: Region): boolean {
  if (region.kind === 'groups') return region.operation === 'one-hot-max'
  if (region.kind === 'map') return region.functions.some(({ name }) => steppingFunctions.has(name))
  return steppingKinds.has(region.kind)
}
