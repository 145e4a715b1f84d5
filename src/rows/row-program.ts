// A region graph and some of its columns in, a function that computes them from canonical rows in float64 out: for
// columns that come from several features.

import type { ColumnRef } from '../regions/column-ref.ts'
import { activate, type DenseChain } from '../regions/dense-chain.ts'
import { formulaFunction, formulaWidth } from '../regions/formula/formulas.ts'
import type { RowFunction } from '../regions/formula/row-function.ts'
import { imputeValue } from '../regions/impute.ts'
import { indicatorValue } from '../regions/indicator.ts'
import { oneHotSlot } from '../regions/one-hot.ts'
import { rankValue } from '../regions/ranks.ts'
import type { Region, RegionGraph } from '../regions/region.ts'
import { scaleValue } from '../regions/scale.ts'
import { splitGoesRight } from '../regions/split-trees.ts'
import { leafNumbers, type TreeLayout } from '../regions/tree-layout.ts'
import { createKeyTable } from './key-table.ts'
import { createRankSearch } from './rank-search.ts'

export type RowProgram = {
  /** Fills `into[0 … rowCount · columns.length)` from row-major canonical rows; allocates nothing. */
  run(rows: Float64Array, rowCount: number, into: Float32Array | Float64Array): void
}

/** `graph` is verified. */
export function createRowProgram(graph: RegionGraph, columns: readonly ColumnRef[]): RowProgram {
  const needed = neededRegions(graph, columns)
  const values = graph.regions.map((region, index) => new Float64Array(needed[index] ? regionWidth(region) : 0))
  const steps = graph.regions.flatMap((region, index) => {
    if (!needed[index] || region.kind === 'input') return []
    const input = new Float64Array(region.inputs.length)
    const gather = gatherer(values, region.inputs)
    const compute = regionFunction(region)
    return [
      () => {
        gather(input, 0)
        compute(input, values[index])
      },
    ]
  })
  const row = values[0]
  const width = row.length
  const finish = gatherer(values, columns)
  return {
    run(rows, rowCount, into) {
      for (let number = 0; number < rowCount; number++) {
        for (let i = 0, from = number * width; i < width; i++) row[i] = rows[from + i]
        for (let step = 0; step < steps.length; step++) steps[step]()
        finish(into, number * columns.length)
      }
    },
  }
}

function neededRegions({ regions }: RegionGraph, columns: readonly ColumnRef[]): boolean[] {
  const needed = regions.map((_, index) => index === 0)
  for (const { region } of columns) needed[region] = true
  for (let index = regions.length - 1; index > 0; index--) {
    const region = regions[index]
    if (needed[index] && region.kind !== 'input') for (const ref of region.inputs) needed[ref.region] = true
  }
  return needed
}

/** Runs of neighbouring columns are copied together. */
function gatherer(values: readonly Float64Array[], refs: readonly ColumnRef[]) {
  const runs: { from: Float64Array; start: number; count: number; at: number }[] = []
  refs.forEach(({ region, column }, at) => {
    const last = runs.at(-1)
    if (last?.from === values[region] && last.start + last.count === column) last.count++
    else runs.push({ from: values[region], start: column, count: 1, at })
  })
  return (into: Float32Array | Float64Array, offset: number): void => {
    for (let r = 0; r < runs.length; r++) {
      const { from, start, count, at } = runs[r]
      for (let i = 0; i < count; i++) into[offset + at + i] = from[start + i]
    }
  }
}

export function regionWidth(region: Region): number {
  switch (region.kind) {
    case 'input':
      return region.width
    case 'impute':
    case 'indicator':
    case 'scale':
    case 'ordinal':
    case 'ranks':
      return region.inputs.length
    case 'one-hot':
      return region.columns.reduce((sum, { width }) => sum + width, 0)
    case 'dense-chain':
      return region.layers[region.layers.length - 1].outputWidth
    case 'split-trees':
    case 'tree-ensemble':
      return region.outputWidth
    default:
      return formulaWidth(region)
  }
}

function regionFunction(region: Exclude<Region, { kind: 'input' }>): RowFunction {
  switch (region.kind) {
    case 'impute':
      return eachColumn(region.inputs.map((_, column) => (value) => imputeValue(region, column, value)))
    case 'indicator':
      return eachColumn(region.inputs.map((_, column) => (value) => indicatorValue(region, column, value)))
    case 'scale':
      return eachColumn(region.inputs.map((_, column) => (value) => scaleValue(region, column, value)))
    case 'ordinal':
      return eachColumn(
        region.columns.map(({ keys, values, unknownValue }) => createKeyTable(keys, values, unknownValue)),
      )
    case 'ranks':
      return eachColumn(
        region.columns.map((column) => {
          if (column.kind === 'member') return createKeyTable(column.keys, column.bits, column.unknownBit)
          const search = createRankSearch(column.flipPoints)
          const missing = rankValue(column, NaN)
          return (value) => (Number.isNaN(value) || value === column.missingValue ? missing : search(value))
        }),
      )
    case 'one-hot': {
      const starts = region.columns.map((_, i) => region.columns.slice(0, i).reduce((sum, { width }) => sum + width, 0))
      return (input, output) => {
        output.fill(0)
        for (let i = 0; i < starts.length; i++) {
          const slot = oneHotSlot(region.columns[i], input[i])
          if (slot >= 0) output[starts[i] + slot] = 1
        }
      }
    }
    case 'dense-chain':
      return chainFunction(region)
    case 'split-trees':
      return treesFunction(region, (node, row) => splitGoesRight(region, node, row[region.feature[node]]))
    case 'tree-ensemble': {
      const { column, rank } = region
      return treesFunction(region, (node, row) => row[column[node]] > rank[node])
    }
    default:
      return formulaFunction(region)
  }
}

function eachColumn(functions: readonly ((value: number) => number)[]): RowFunction {
  return (input, output) => {
    for (let i = 0; i < functions.length; i++) output[i] = functions[i](input[i])
  }
}

function chainFunction({ layers }: DenseChain): RowFunction {
  const hidden = layers.slice(0, -1).map(({ outputWidth }) => new Float64Array(outputWidth))
  return (input, output) => {
    let values = input
    for (let number = 0; number < layers.length; number++) {
      const { inputWidth, outputWidth, weights, bias, activation } = layers[number]
      const next = number < hidden.length ? hidden[number] : output
      for (let j = 0; j < outputWidth; j++) next[j] = bias[j]
      for (let i = 0, at = 0; i < inputWidth; i++) {
        const value = values[i]
        for (let j = 0; j < outputWidth; j++, at++) next[j] += value * weights[at]
      }
      if (activation !== 'identity') for (let j = 0; j < outputWidth; j++) next[j] = activate(activation, next[j])
      values = next
    }
  }
}

function treesFunction(layout: TreeLayout, goesRight: (node: number, row: Float64Array) => boolean): RowFunction {
  const { treeStart, jump, leafWidth, leafValues, outputWidth, treeOutput, aggregate, base } = layout
  const leafOf = leafNumbers(jump)
  const trees = treeStart.length - 1
  return (input, output) => {
    output.fill(0)
    for (let tree = 0; tree < trees; tree++) {
      let node = treeStart[tree]
      while (jump[node] !== 0) node += goesRight(node, input) ? jump[node] : 1
      const leaf = leafOf[node]
      if (treeOutput.length > 0) output[treeOutput[tree]] += leafValues[leaf]
      else for (let k = 0; k < leafWidth; k++) output[k] += leafValues[leaf * leafWidth + k]
    }
    for (let k = 0; k < outputWidth; k++) output[k] = (aggregate === 'mean' ? output[k] / trees : output[k]) + base[k]
  }
}
