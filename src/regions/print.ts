// A region graph in, a few lines of text a region out, for people: what it reads, what it does, how large it is.

import type { ColumnRef } from './column-ref.ts'
import { formulaSpec } from './formula/formulas.ts'
import type { Region, RegionGraph } from './region.ts'
import { treeDepths } from './tree-layout.ts'

/** Longest line; longer ones end in an ellipsis. */
const lineWidth = 120

/** One line a region, the output last. Never longer than 120 characters a line. */
export function printRegions(graph: RegionGraph): string {
  const lines = graph.regions.map((region, index) => {
    const reads = region.kind === 'input' ? '' : ` ← ${printRefs(region.inputs)}`
    return `${index} ${region.kind}: ${describeRegion(region)}${reads}`
  })
  return [...lines, `output ← ${printRefs(graph.output)}`].map(clipLine).join('\n')
}

/** Runs of columns, `region.first–last`. */
function printRefs(refs: readonly ColumnRef[]): string {
  const runs: { region: number; first: number; last: number }[] = []
  for (const { region, column } of refs) {
    const run = runs.at(-1)
    if (run?.region === region && run.last + 1 === column) run.last = column
    else runs.push({ region, first: column, last: column })
  }
  return runs.map(({ region, first, last }) => `${region}.${first}${last > first ? `–${last}` : ''}`).join(' ')
}

/** What a region does and how large it is. */
export function describeRegion(region: Region): string {
  switch (region.kind) {
    case 'input':
      return plural(region.width, 'column')
    case 'impute':
      return `fill ${printNumbers(region.fill)}`
    case 'indicator':
      return `1 where ${printNumbers(region.missing)}`
    case 'scale':
      return region.form === 'subtract-divide'
        ? `(x − ${printNumbers(region.first)}) / ${printNumbers(region.second)}`
        : `x · ${printNumbers(region.first)} + ${printNumbers(region.second)}`
    case 'one-hot':
      return `${plural(region.columns.length, 'block')} of ${region.columns.map(({ width }) => width).join(', ')}`
    case 'ordinal':
      return `${region.columns.map(({ keys }) => keys.length).join(', ')} categories`
    case 'dense-chain':
      return [
        region.layers[0]?.inputWidth ?? 0,
        ...region.layers.map(({ outputWidth, activation }) =>
          activation === 'identity' ? `${outputWidth}` : `${outputWidth} ${activation}`,
        ),
      ].join(' → ')
    case 'ranks': {
      const sizes = region.columns.map((column) => (column.kind === 'rank' ? `${column.flipPoints.length}` : 'set'))
      return `${plural(region.columns.length, 'column')} of ${sizes.join(', ')} flip points`
    }
    case 'split-trees':
    case 'tree-ensemble': {
      const trees = region.treeStart.length - 1
      const depth = treeDepths(region).reduce((deepest, next) => Math.max(deepest, next), 0)
      return `${region.aggregate} of ${plural(trees, 'tree')}, depth ${depth}, ${plural(region.jump.length, 'node')}, ${plural(region.outputWidth, 'output')}`
    }
    default:
      return formulaSpec(region.kind).describe(region)
  }
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function printNumbers(values: readonly number[]): string {
  const distinct = new Set(values)
  const shown = distinct.size === 1 ? [...distinct] : values.slice(0, 4)
  const rest = distinct.size > 1 && values.length > shown.length ? ', …' : ''
  return `${shown.map((value) => Number(value.toPrecision(4))).join(', ')}${rest}`
}

function clipLine(line: string): string {
  return line.length <= lineWidth ? line : `${line.slice(0, lineWidth - 1)}…`
}
