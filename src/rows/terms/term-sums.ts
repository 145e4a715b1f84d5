// What adds up terms in; a function out that turns the terms of one row, as they are counted, into these sums.

import type { RegionGraph } from '../../regions/region.ts'
import { regionWidth } from '../row-program.ts'
import { firstLayer } from './first-layer.ts'
import { createGather, createSparseRow, type SparseInput, type SparseRow } from './sparse-row.ts'
import { createTermCounts } from './term-counts.ts'
import type { TermRegions } from './term-regions.ts'
import { createTermStep } from './term-step.ts'

/** Counts the terms of one row after another; whoever reads rows by turns needs one for each. */
export type TermSums = {
  /** Number of sums. */
  readonly width: number
  /** Forgets what was counted, also by a row that failed. */
  begin(): void
  /** Adds to the count of a feature. */
  add(feature: number, amount: number): void
  /** Makes the count of a feature 1, however often it is asked. */
  mark(feature: number): void
  /** Writes the sums of what was counted to `into[offset …]`. */
  finish(into: Float64Array, offset: number): void
}

/** In float64, in the order of features: as `interpret` computes them, bit for bit where one text gives all. */
export function createTermSums(graph: RegionGraph, terms: TermRegions): TermSums {
  const rows = new Map<number, SparseRow>([[0, createSparseRow(regionWidth(graph.regions[0]))]])
  // rows are made in the order of their regions, so that those which are read are there
  const rowOf = (region: number): SparseRow => rows.get(region)!
  const widthOf = (region: number): number => regionWidth(graph.regions[region])
  const gatherOf = (inputs: SparseInput[]) => createGather(inputs, rowOf, widthOf)
  const counted = rowOf(0)
  const counts = createTermCounts(widthOf(0))
  const prepared: (() => void)[] = []
  const added: ((into: Float64Array, offset: number) => void)[] = []
  let width = 0

  graph.regions.forEach((region, index) => {
    if (region.kind === 'input') return
    const inputs = region.inputs.flatMap((ref, input) => (terms.isTerm(ref) ? [{ ref, input }] : []))
    const [step, sum] = [terms.regions.get(index), terms.sums.get(index)]
    if (step === undefined && sum === undefined) return
    const row = createSparseRow(inputs.length)
    const gather = gatherOf(inputs)
    if (step !== undefined) {
      rows.set(index, row)
      const compute = createTermStep(step)
      prepared.push(() => {
        gather(row)
        compute(row)
      })
    } else if (sum !== undefined) {
      const layer = firstLayer(sum)
      const at = width
      width += layer.width
      added.push((into, offset) => {
        gather(row)
        addUp(row, layer, into, offset + at)
      })
    }
  })

  return {
    width,
    begin: counts.clear,
    add: counts.add,
    mark: counts.mark,
    finish(into, offset) {
      counts.takeInto(counted)
      for (let i = 0; i < prepared.length; i++) prepared[i]()
      for (let i = 0; i < added.length; i++) added[i](into, offset)
    },
  }
}

function addUp(
  { places, values, count }: SparseRow,
  { weights, bias, width }: { readonly weights: Float64Array; readonly bias: Float64Array; readonly width: number },
  into: Float64Array,
  offset: number,
): void {
  for (let k = 0; k < width; k++) into[offset + k] = bias[k]
  for (let i = 0; i < count; i++) {
    const value = values[i]
    const row = places[i] * width
    // a weight of 0 must not make NaN of infinity
    for (let k = 0; k < width; k++) if (weights[row + k] !== 0) into[offset + k] += value * weights[row + k]
  }
}
