// A region graph in; all of it as a function of the features themselves out, for models whose parts read one another.

import { isColumnWise } from '../rows/column-path.ts'
import { createRowProgram } from '../rows/row-program.ts'
import type { RegionGraph } from '../regions/region.ts'
import type { ColumnModel } from './column-model.ts'

/** Whether every raw output is that of a dense chain or of trees that read features column by column. */
export function isExplainedByRegion({ regions, output }: RegionGraph): boolean {
  return output.every(({ region: number }) => {
    const region = regions[number]
    const isModel = region.kind === 'dense-chain' || region.kind === 'tree-ensemble'
    return isModel && isColumnWise({ regions, output }, region.inputs)
  })
}

/** Its outputs are the graph's raw outputs; `run` gives the same array each time. */
export function wholeModel(graph: RegionGraph, featureCount: number): ColumnModel {
  const program = createRowProgram(graph, graph.output)
  const raw = new Float64Array(graph.output.length)
  return {
    featureOf: Array.from({ length: featureCount }, (_, feature) => feature),
    columns: (row) => Float64Array.from(row),
    run(columns) {
      program.run(columns, 1, raw)
      return raw
    },
  }
}
