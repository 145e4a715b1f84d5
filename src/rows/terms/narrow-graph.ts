// A region graph and what adds up its terms in; the rest of the graph, whose input has the sums in place of the terms, out.

import type { ColumnRef } from '../../regions/column-ref.ts'
import { exactTable } from '../../regions/formula/table.ts'
import type { Input, Region, RegionGraph } from '../../regions/region.ts'
import { type FirstLayer, firstLayer } from './first-layer.ts'
import type { SumRegion, TermRegion, TermRegions } from './term-regions.ts'

export type NarrowGraph = {
  readonly graph: RegionGraph
  /** Where a region of the whole graph is; undefined where the sums are all that was left of it. */
  placeOf(region: number): number | undefined
}

type Made = Exclude<Region, Input>

/** Features that are no terms come first, in their order; then the sums, which are `sumCount`. */
export function narrowGraph(graph: RegionGraph, terms: TermRegions, sumCount: number): NarrowGraph {
  const [input] = graph.regions
  if (input.kind !== 'input') throw new RangeError('region 0 is the input')
  /** Of the whole graph's regions, their columns here. */
  const columns: ((column: number) => ColumnRef)[] = []
  const regions: Region[] = []
  const places = new Map<number, number>()
  const rename = ({ region, column }: ColumnRef): ColumnRef => columns[region](column)

  const kept = keptPlaces(input.width, (column) => !terms.isTerm({ region: 0, column }))
  const keptCount = kept.filter((place) => place >= 0).length
  regions.push({ kind: 'input', width: keptCount + sumCount })
  places.set(0, 0)
  columns.push((column) => ({ region: 0, column: kept[column] }))
  let sumAt = keptCount

  function keep(index: number, region: Made, columnOf = (column: number): number => column): void {
    const place = regions.length
    regions.push(region)
    places.set(index, place)
    columns.push((column) => ({ region: place, column: columnOf(column) }))
  }

  graph.regions.forEach((region, index) => {
    if (region.kind === 'input') return
    const sum = terms.sums.get(index)
    const isRest = region.inputs.map((ref) => !terms.isTerm(ref))
    const rest = region.inputs.filter((_, i) => isRest[i]).map(rename)
    if (sum !== undefined) {
      const layer = firstLayer(sum)
      const start = sumAt
      sumAt += layer.width
      const sums = Array.from({ length: layer.width }, (_, k) => ({ region: 0, column: start + k }))
      if (layer.isAll && rest.length === 0) columns.push((column) => sums[column])
      else keep(index, withSums(sum, [...sums, ...rest], restWeights(layer, isRest)))
      return
    }
    const term = terms.regions.get(index)
    if (term === undefined) keep(index, { ...region, inputs: rest })
    else if (rest.length === 0) columns.push(noColumn)
    else {
      const own = keptPlaces(isRest.length, (i) => isRest[i])
      keep(index, sliced(term, rest, isRest), (column) => own[column])
    }
  })
  return { graph: { regions, output: graph.output.map(rename) }, placeOf: (region) => places.get(region) }
}

/** Nothing that is kept reads a term. */
function noColumn(): never {
  throw new RangeError('a column of terms is read')
}

/** By column, its number among those that are kept; −1 where it is not. */
function keptPlaces(width: number, isKept: (column: number) => boolean): Int32Array {
  let next = 0
  return Int32Array.from({ length: width }, (_, column) => (isKept(column) ? next++ : -1))
}

/** Each sum as it is, and below them the weights of the other inputs. */
function restWeights({ weights, width }: FirstLayer, isRest: readonly boolean[]): Float64Array {
  const rows = isRest.flatMap((is, i) => (is ? [weights.subarray(i * width, (i + 1) * width)] : []))
  const all = new Float64Array((width + rows.length) * width)
  for (let k = 0; k < width; k++) all[k * width + k] = 1
  rows.forEach((row, i) => all.set(row, (width + i) * width))
  return all
}

/** The sums have the bias already. */
function withSums(region: SumRegion, inputs: readonly ColumnRef[], weights: Float64Array): Made {
  if (region.kind !== 'dense-chain') {
    const width = firstLayer(region).width
    return {
      kind: 'linear',
      inputs,
      weights: exactTable(weights, width),
      bias: exactTable(new Float64Array(width), width),
    }
  }
  const [first, ...layers] = region.layers
  const bias = new Float64Array(first.outputWidth)
  return { ...region, inputs, layers: [{ ...first, inputWidth: inputs.length, weights, bias }, ...layers] }
}

/** The same of fewer columns. */
function sliced(region: TermRegion, inputs: readonly ColumnRef[], isKept: readonly boolean[]): Made {
  const slice = <Item>(items: readonly Item[]): readonly Item[] => items.filter((_, i) => isKept[i])
  switch (region.kind) {
    case 'scale':
      return { ...region, inputs, first: slice(region.first), second: slice(region.second) }
    case 'impute':
      return { ...region, inputs, missing: slice(region.missing), fill: slice(region.fill) }
    case 'map':
      return { ...region, inputs, functions: slice(region.functions) }
    case 'term-weights':
    case 'normalize':
    case 'normalize-by':
      throw new RangeError(`${region.kind} has terms alone`)
  }
}
