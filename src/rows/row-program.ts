// A region graph and some of its columns in, a function that computes them from canonical rows in float64 out: for
// columns that come from several features.

import type { ColumnRef } from '../regions/column-ref.ts'
import { formulaWidth } from '../regions/formula/formulas.ts'
import type { Region, RegionGraph } from '../regions/region.ts'
import { regionFunction } from './region-function.ts'

export type RowProgram = {
  /** Fills `into[0 … rowCount · columns.length)` from row-major canonical rows; allocates nothing. */
  run(rows: Float64Array, rowCount: number, into: Float32Array | Float64Array): void
}

/** Rows that go through each region before the next: a tree's nodes are read once for all of them. */
const mostBlockRows = 64

/** Numbers that the regions' results may take for a block: 2 MiB, which caches still hold. */
const mostBlockNumbers = 1 << 18

/** `graph` is verified. */
export function createRowProgram(graph: RegionGraph, columns: readonly ColumnRef[]): RowProgram {
  const needed = neededRegions(graph, columns)
  const widths = graph.regions.map((region, index) => (needed[index] ? regionWidth(region) : 0))
  const numbers = widths.reduce((sum, each) => sum + each, 0)
  const blockRows = Math.max(1, Math.min(mostBlockRows, Math.floor(mostBlockNumbers / Math.max(1, numbers))))
  const values = widths.map((each) => new Float64Array(blockRows * each))
  const blocks = { values, widths }
  const steps = graph.regions.flatMap((region, index) => {
    if (!needed[index] || region.kind === 'input') return []
    const { inputs } = region
    const whole = wholeBlock(blocks, inputs)
    const input = whole ?? new Float64Array(blockRows * inputs.length)
    const gather = whole === undefined ? gatherer(blocks, inputs) : undefined
    const compute = regionFunction(region, { input, output: values[index], blockRows })
    return [
      (rowCount: number) => {
        gather?.(input, 0, rowCount)
        compute(rowCount)
      },
    ]
  })
  const block = values[0]
  const width = widths[0]
  const finish = gatherer(blocks, columns)
  return {
    run(rows, rowCount, into) {
      for (let from = 0; from < rowCount; from += blockRows) {
        const count = Math.min(blockRows, rowCount - from)
        for (let i = 0, at = from * width; i < count * width; i++, at++) block[i] = rows[at]
        for (let step = 0; step < steps.length; step++) steps[step](count)
        finish(into, from * columns.length, count)
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

/** Results of all regions for a block of rows, row-major. */
type Blocks = { readonly values: readonly Float64Array[]; readonly widths: readonly number[] }

/** The block of a region whose columns `refs` are, all and in order; undefined elsewhere. */
function wholeBlock({ values, widths }: Blocks, refs: readonly ColumnRef[]): Float64Array | undefined {
  const number = refs.at(0)?.region ?? 0
  const isWhole =
    refs.length === widths[number] && refs.every(({ region, column }, i) => region === number && column === i)
  return isWhole ? values[number] : undefined
}

/** Runs of neighbouring columns are copied together. */
function gatherer({ values, widths }: Blocks, refs: readonly ColumnRef[]) {
  const runs: { from: Float64Array; width: number; start: number; count: number; at: number }[] = []
  refs.forEach(({ region, column }, at) => {
    const last = runs.at(-1)
    if (last?.from === values[region] && last.start + last.count === column) last.count++
    else runs.push({ from: values[region], width: widths[region], start: column, count: 1, at })
  })
  return (into: Float32Array | Float64Array, offset: number, rowCount: number): void => {
    for (let r = 0; r < runs.length; r++) {
      const { from, width, start, count, at } = runs[r]
      for (let row = 0, source = start, to = offset + at; row < rowCount; row++, source += width, to += refs.length)
        for (let i = 0; i < count; i++) into[to + i] = from[source + i]
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
