// The graph of a model and the columns that stand for its features in; its regions behind others, and its answer there, out.

import type { ColumnRef, Region, RegionGraph } from '../../../src/regions/region.ts'

/** What regions are added to. */
export type RegionSink = {
  /** The number of the region. */
  readonly add: (region: Region) => number
  readonly kindOf: (column: ColumnRef) => Region['kind']
}

export function appendRegions(
  { regions, output }: RegionGraph,
  inputs: readonly ColumnRef[],
  sink: Pick<RegionSink, 'add'>,
): ColumnRef[] {
  const numbers: number[] = []
  const moved = ({ region, column }: ColumnRef): ColumnRef =>
    region === 0 ? inputs[column] : { region: numbers[region], column }
  regions.forEach((region, i) => {
    if (region.kind !== 'input') numbers[i] = sink.add({ ...region, inputs: region.inputs.map(moved) })
  })
  return output.map(moved)
}
