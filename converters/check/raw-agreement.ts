// Raw columns of a backend and of the float64 oracle for the same tables in; how far they lie apart, and the most that
// float32 arithmetic explains, out.

import { leafNumbers } from '../../src/regions/tree-layout.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'

export type RawAgreement = {
  readonly rowCount: number
  /** Largest difference of any raw column. */
  readonly largestDifference: number
  /** The same as a share of what float32 arithmetic explains: past 1 the graph computes something else. */
  readonly use: number
}

/** Some hundred roundings of 2⁻²⁴ each, all in one direction: more than sums of thousands of terms ever gather. */
const float32Share = 1e-5

export function rawAgreement(
  graph: RegionGraph,
  rows: readonly Float64Array[],
  given: readonly Float64Array[],
): RawAgreement {
  let largestDifference = 0
  let use = 0
  rows.forEach((row, index) => {
    const wanted = interpret(graph, row)
    const allowed = rawMagnitudes(graph, row)
    wanted.forEach((value, column) => {
      const difference = differenceOf(value, given[index][column])
      if (difference === 0) return
      largestDifference = Math.max(largestDifference, difference)
      use = Math.max(use, difference / (float32Share * allowed[column]))
    })
  })
  return { rowCount: rows.length, largestDifference, use }
}

/**
 * How far float32 arithmetic alone may take the raw columns of a row: four roundings of their terms' sum. Tiny, save for
 * rows whose large terms cancel, where no float32 graph could do better.
 */
export function float32Noise(graph: RegionGraph, row: Float64Array): number {
  return rawMagnitudes(graph, row).reduce((most, magnitude) => Math.max(most, magnitude), 0) * 2 ** -22
}

function differenceOf(wanted: number, given: number): number {
  if (Object.is(wanted, given) || wanted === given || Math.fround(wanted) === given) return 0
  const difference = Math.abs(wanted - given)
  return Number.isNaN(difference) ? (Number.isNaN(wanted) && Number.isNaN(given) ? 0 : Infinity) : difference
}

/** Sum of the magnitudes of all terms behind each raw column: what float32 errors are proportional to. */
function rawMagnitudes(graph: RegionGraph, row: Float64Array): Float64Array {
  const results = new Map<number, Float64Array>()
  return Float64Array.from(graph.output, ({ region, column }) => {
    let magnitudes = results.get(region)
    if (magnitudes === undefined) {
      magnitudes = regionMagnitudes(graph, region, row)
      results.set(region, magnitudes)
    }
    return magnitudes[column]
  })
}

function regionMagnitudes(graph: RegionGraph, index: number, row: Float64Array): Float64Array {
  const region = graph.regions[index]
  if (region.kind === 'dense-chain') {
    const inputs = interpret({ regions: graph.regions.slice(0, index), output: region.inputs }, row)
    return chainMagnitudes(region, inputs)
  }
  if (region.kind === 'tree-ensemble') return treeMagnitudes(region)
  const width = graph.output.reduce((most, ref) => (ref.region === index ? Math.max(most, ref.column + 1) : most), 0)
  const columns = Array.from({ length: width }, (_, column) => ({ region: index, column }))
  return interpret({ regions: graph.regions, output: columns }, row).map((value) => Math.abs(value) || 1)
}

/** No activation is steeper than 1, so errors of a sum pass on at most as they are. */
function chainMagnitudes(region: Extract<Region, { kind: 'dense-chain' }>, inputs: Float64Array): Float64Array {
  let magnitudes = inputs.map(Math.abs)
  for (const { inputWidth, outputWidth, weights, bias } of region.layers) {
    const next = bias.map(Math.abs)
    for (let i = 0; i < inputWidth; i++)
      for (let j = 0; j < outputWidth; j++) next[j] += magnitudes[i] * Math.abs(weights[i * outputWidth + j])
    magnitudes = next
  }
  return magnitudes
}

function treeMagnitudes(region: Extract<Region, { kind: 'tree-ensemble' }>): Float64Array {
  const { treeStart, jump, leafWidth, leafValues, treeOutput, aggregate, base } = region
  const leafOf = leafNumbers(jump)
  const trees = treeStart.length - 1
  const sums = new Float64Array(base.length)
  for (let tree = 0; tree < trees; tree++) {
    const largest = new Float64Array(leafWidth)
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++)
      if (leafOf[node] >= 0)
        for (let k = 0; k < leafWidth; k++)
          largest[k] = Math.max(largest[k], Math.abs(leafValues[leafOf[node] * leafWidth + k]))
    for (let k = 0; k < leafWidth; k++) sums[treeOutput.length > 0 ? treeOutput[tree] : k] += largest[k]
  }
  return sums.map((sum, column) => (aggregate === 'mean' ? sum / trees : sum) + Math.abs(base[column]))
}
