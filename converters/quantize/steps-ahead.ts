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

/** Regions that look for the nearest of their own table's rows: near ones change places where the table is rounded. */
const searchingKinds: ReadonlySet<Region['kind']> = new Set<Region['kind']>([
  'neighbors',
  'radius-neighbors',
  'neighbor-imputer',
])

/** 64 KiB of doubles: small beside the trees or rows that are compared with. */
const mostExact = 8192

/** Where bytes do not matter at all. */
const fewValues = 1024

/**
 * The mode in which `valueCount` numbers of a region are stored. Where something behind it compares what it gives, they are
 * not rounded, since thresholds stand where rows of the training data stand, which made-up rows never meet; many are
 * rounded to uint16 in place of uint8, and so are rows to be searched.
 */
export function modeOf(graph: RegionGraph, index: number, mode: QuantizeMode, valueCount: number): QuantizeMode {
  const hasSteps = hasStepsAhead(graph, index)
  if (!hasSteps && !searchingKinds.has(graph.regions[index].kind)) return mode
  if (valueCount <= (hasSteps ? mostExact : fewValues)) return 'none'
  return mode === 'uint8' ? 'uint16' : mode
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
