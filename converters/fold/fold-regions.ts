// A region graph as a frontend made it in; the same function with its trees on ranks of raw features out.

import type { ModelSchema } from '../../src/artifact/schema.ts'
import type { ColumnRef, Region, RegionGraph } from '../../src/regions/region.ts'
import { foldTrees } from './fold-trees.ts'

/**
 * The graph with every `split-trees` region replaced by `ranks` and `tree-ensemble`, and without regions that nothing
 * reads. Equal to `graph` for every row that `schema` admits.
 * @throws UNSUPPORTED where trees read something that is no function of one feature.
 */
export function foldRegions(graph: RegionGraph, schema: ModelSchema): RegionGraph {
  const regions: Region[] = []
  /** New number of each old region. */
  const moved: number[] = []
  const move = (refs: readonly ColumnRef[]): ColumnRef[] => {
    return refs.map(({ region, column }) => ({ region: moved[region], column }))
  }
  for (const region of graph.regions) {
    if (region.kind === 'split-trees') {
      const { ranks, ensemble } = foldTrees(graph, region, schema)
      const ranksNumber = regions.push({ ...ranks, inputs: move(ranks.inputs) }) - 1
      const inputs = ranks.columns.map((_, column) => ({ region: ranksNumber, column }))
      moved.push(regions.push({ ...ensemble, inputs }) - 1)
    } else {
      moved.push(regions.push(region.kind === 'input' ? region : { ...region, inputs: move(region.inputs) }) - 1)
    }
  }
  return withoutUnread({ regions, output: move(graph.output) })
}

function withoutUnread({ regions, output }: RegionGraph): RegionGraph {
  const isRead = regions.map((_, i) => i === 0)
  const note = (refs: readonly ColumnRef[]): void => {
    for (const { region } of refs) isRead[region] = true
  }
  note(output)
  for (let i = regions.length - 1; i > 0; i--) {
    const region = regions[i]
    if (isRead[i] && region.kind !== 'input') note(region.inputs)
  }
  let kept = 0
  const moved = isRead.map((read) => (read ? kept++ : -1))
  const move = (refs: readonly ColumnRef[]): ColumnRef[] => {
    return refs.map(({ region, column }) => ({ region: moved[region], column }))
  }
  const left = regions.filter((_, i) => isRead[i])
  return {
    regions: left.map((region) => (region.kind === 'input' ? region : { ...region, inputs: move(region.inputs) })),
    output: move(output),
  }
}
