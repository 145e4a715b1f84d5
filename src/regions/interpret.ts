// A region graph and one canonical row in, the raw outputs out, in float64: the slow oracle that everything is held to.

import { runDenseChain } from './dense-chain.ts'
import { formulaFunction, formulaWidth } from './formula/formulas.ts'
import { imputeValue } from './impute.ts'
import { indicatorValue } from './indicator.ts'
import { oneHotSlot } from './one-hot.ts'
import { ordinalValue } from './ordinal.ts'
import { rankValue } from './ranks.ts'
import type { ColumnRef, Region, RegionGraph } from './region.ts'
import { scaleValue } from './scale.ts'
import { runSplitTrees } from './split-trees.ts'
import { runTreeEnsemble } from './tree-ensemble.ts'

/** Raw outputs of `graph` for one canonical row. */
export function interpret(graph: RegionGraph, row: ArrayLike<number>): Float64Array {
  return gather(runRegions(graph.regions, row), graph.output)
}

/** What region number `number` reads for one canonical row. */
export function interpretInputs(graph: RegionGraph, row: ArrayLike<number>, number: number): Float64Array {
  const region = graph.regions[number]
  if (region.kind === 'input') return Float64Array.from(row)
  return gather(runRegions(graph.regions.slice(0, number), row), region.inputs)
}

function runRegions(regions: readonly Region[], row: ArrayLike<number>): Float64Array[] {
  const results: Float64Array[] = []
  for (const region of regions) {
    const inputs = region.kind === 'input' ? Float64Array.from(row) : gather(results, region.inputs)
    results.push(runRegion(region, inputs))
  }
  return results
}

function gather(results: readonly Float64Array[], refs: readonly ColumnRef[]): Float64Array {
  const values = new Float64Array(refs.length)
  for (let i = 0; i < refs.length; i++) values[i] = results[refs[i].region][refs[i].column]
  return values
}

function runRegion(region: Region, row: Float64Array): Float64Array {
  switch (region.kind) {
    case 'input':
      return row
    case 'impute':
      return row.map((value, column) => imputeValue(region, column, value))
    case 'indicator':
      return row.map((value, column) => indicatorValue(region, column, value))
    case 'scale':
      return row.map((value, column) => scaleValue(region, column, value))
    case 'ordinal':
      return row.map((value, column) => ordinalValue(region, column, value))
    case 'ranks':
      return row.map((value, column) => rankValue(region.columns[column], value))
    case 'one-hot': {
      const blocks = region.columns.map((column, i) => {
        const block = new Float64Array(column.width)
        const slot = oneHotSlot(column, row[i])
        if (slot >= 0) block[slot] = 1
        return block
      })
      return Float64Array.from(blocks.flatMap((block) => [...block]))
    }
    case 'dense-chain':
      return runDenseChain(region, row)
    case 'split-trees':
      return runSplitTrees(region, row)
    case 'tree-ensemble':
      return runTreeEnsemble(region, row)
    default: {
      const values = new Float64Array(formulaWidth(region))
      formulaFunction(region)(row, values)
      return values
    }
  }
}
