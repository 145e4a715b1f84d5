// A region graph and the features that are counted in; which columns are 0 where nothing is counted, and what adds them up, out.

import { columnFunctionSpec } from '../../regions/formula/column-functions.ts'
import { imputeValue } from '../../regions/impute.ts'
import type { ColumnRef, Region, RegionGraph } from '../../regions/region.ts'
import { scaleValue } from '../../regions/scale.ts'
import { regionWidth } from '../row-program.ts'

/** Regions whose columns that come of terms are 0 where those are. */
export type TermRegion = Extract<
  Region,
  { kind: 'scale' | 'map' | 'impute' | 'term-weights' | 'normalize' | 'normalize-by' }
>

/** Regions that add terms up, each times a weight. */
export type SumRegion = Extract<Region, { kind: 'linear' | 'exact-linear' | 'dense-chain' }>

export type TermRegions = {
  /** Whether the column comes of terms, and is 0 where none of them is there. */
  isTerm(ref: ColumnRef): boolean
  readonly regions: ReadonlyMap<number, TermRegion>
  /** What they end in. */
  readonly sums: ReadonlyMap<number, SumRegion>
}

/** Undefined where terms are needed by themselves: by trees, distances, a centred scale, or as the answer. */
export function findTermRegions(graph: RegionGraph, isCounted: (feature: number) => boolean): TermRegions | undefined {
  const [input] = graph.regions
  const marks = new Map([[0, Array.from({ length: regionWidth(input) }, (_, feature) => isCounted(feature))]])
  const isTerm = ({ region, column }: ColumnRef): boolean => marks.get(region)?.[column] === true
  const regions = new Map<number, TermRegion>()
  const sums = new Map<number, SumRegion>()
  for (let index = 1; index < graph.regions.length; index++) {
    const region = graph.regions[index]
    if (region.kind === 'input') return undefined
    const terms = region.inputs.map(isTerm)
    if (!terms.includes(true)) continue
    if (isSum(region)) sums.set(index, region)
    else if (isTermRegion(region) && keepsZeros(region, terms)) {
      regions.set(index, region)
      marks.set(index, terms)
    } else return undefined
  }
  return graph.output.some(isTerm) ? undefined : { isTerm, regions, sums }
}

function isSum(region: Region): region is SumRegion {
  return region.kind === 'linear' || region.kind === 'exact-linear' || region.kind === 'dense-chain'
}

const termKinds: ReadonlySet<string> = new Set<TermRegion['kind']>([
  'scale',
  'map',
  'impute',
  'term-weights',
  'normalize',
  'normalize-by',
])

function isTermRegion(region: Region): region is TermRegion {
  return termKinds.has(region.kind)
}

/** `terms` says which of its inputs are such; of two kinds all must be. */
function keepsZeros(region: TermRegion, terms: readonly boolean[]): boolean {
  switch (region.kind) {
    case 'term-weights':
    case 'normalize':
    case 'normalize-by':
      return !terms.includes(false)
    case 'scale':
      return terms.every((isTerm, column) => !isTerm || scaleValue(region, column, 0) === 0)
    case 'impute':
      return terms.every((isTerm, column) => !isTerm || imputeValue(region, column, 0) === 0)
    case 'map':
      return region.functions.every(
        ({ name, settings }, column) => terms[column] !== true || columnFunctionSpec(name).make(settings)(0) === 0,
      )
  }
}
