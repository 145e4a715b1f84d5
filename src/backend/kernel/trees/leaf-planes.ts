// Leaf values in, integers of one to four bytes whose exact sums give the raw outputs out.

import { leafNumbers } from '../../../regions/tree-layout.ts'
import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import type { LeafGrid } from './leaf-grid.ts'

export type LeafPlanes = {
  /** Bytes of a code, lowest first. */
  readonly planeCount: number
  /** Row-major [leafCount, leafWidth], from 0 up. */
  readonly codes: Float64Array
  /** raw[k] = scale[k] · (sum of codes) + offset[k]. [outputWidth] */
  readonly scale: Float64Array
  readonly offset: Float64Array
}

const mostPlanes = 4

/** Undefined where four bytes are too coarse, or where a leaf is not finite. */
export function createLeafPlanes(region: TreeEnsemble, grid: LeafGrid | undefined): LeafPlanes | undefined {
  const spans = spansOf(region)
  if (!spans.every(({ low, high }) => Number.isFinite(high - low))) return undefined
  const allowed = allowedErrors(region, spans)
  const widest = widestSpans(region, spans)
  if (grid !== undefined) {
    const steps = new Float64Array(region.outputWidth).fill(grid.scale)
    const most = widest.reduce((range, next) => Math.max(range, Math.round(next / grid.scale)), 0)
    const planes = codesOf(region, spans, { steps, planeCount: most > 255 ? 2 : 1, allowed, isAligned: false })
    if (most <= 0xffff && planes !== undefined) return planes
  }
  const common = new Float64Array(widest.length).fill(Math.max(...widest))
  for (let planeCount = 1; planeCount <= mostPlanes; planeCount++) {
    for (const ranges of [common, widest]) {
      const steps = ranges.map((range) => stepOf(range, planeCount))
      const planes = codesOf(region, spans, { steps, planeCount, allowed, isAligned: true })
      if (planes !== undefined) return planes
    }
  }
  return undefined
}

/**
 * A power of two, so that halves, and all that few bits hold, are met exactly; with one step for all outputs values that
 * are equal stay equal: ties of classes hang on both. A code more is left for where the lowest leaf is rounded down.
 */
function stepOf(range: number, planeCount: number): number {
  return range > 0 ? 2 ** Math.ceil(Math.log2(range / (256 ** planeCount - 2))) : 1
}

/** Leaves of one tree that add to one output: their number, first index, distance, and range. */
type Span = {
  readonly output: number
  readonly first: number
  readonly count: number
  readonly low: number
  readonly high: number
}

function spansOf(region: TreeEnsemble): Span[] {
  const { treeStart, jump, leafWidth, leafValues, treeOutput } = region
  const leafOf = leafNumbers(jump)
  const spans: Span[] = []
  for (let tree = 0; tree + 1 < treeStart.length; tree++) {
    const leaves = leafOf.subarray(treeStart[tree], treeStart[tree + 1]).filter((leaf) => leaf >= 0)
    for (let k = 0; k < leafWidth; k++) {
      let [low, high] = [Infinity, -Infinity]
      for (const leaf of leaves) {
        low = Math.min(low, leafValues[leaf * leafWidth + k])
        high = Math.max(high, leafValues[leaf * leafWidth + k])
      }
      const output = treeOutput.length > 0 ? treeOutput[tree] : k
      spans.push({ output, first: leaves[0] * leafWidth + k, count: leaves.length, low, high })
    }
  }
  return spans
}

function widestSpans({ outputWidth }: TreeEnsemble, spans: readonly Span[]): Float64Array {
  const widest = new Float64Array(outputWidth)
  for (const { output, low, high } of spans) widest[output] = Math.max(widest[output], high - low)
  return widest
}

/**
 * What adding up float32 leaves in float32 may err by: of n terms √n units of the sum of their sizes, a quarter of what
 * regions/rounding-bound.ts allows.
 */
function allowedErrors({ outputWidth, treeStart }: TreeEnsemble, spans: readonly Span[]): Float64Array {
  const sizes = new Float64Array(outputWidth)
  for (const { output, low, high } of spans) sizes[output] += Math.max(Math.abs(low), Math.abs(high))
  return sizes.map((size) => 2 ** -24 * Math.sqrt(treeStart.length - 1) * size)
}

type CodeOptions = {
  readonly steps: Float64Array
  readonly planeCount: number
  readonly allowed: Float64Array
  /** Every code stands for a multiple of its step. */
  readonly isAligned: boolean
}

/** Undefined where the codes' worst errors, added up, exceed what is allowed. */
function codesOf(
  { leafValues, leafWidth, treeStart, aggregate, base }: TreeEnsemble,
  spans: readonly Span[],
  { steps, planeCount, allowed, isAligned }: CodeOptions,
): LeafPlanes | undefined {
  const codes = new Float64Array(leafValues.length)
  const errors = new Float64Array(steps.length)
  const lows = new Float64Array(steps.length)
  for (const { output, first, count, low: lowest, high } of spans) {
    const step = steps[output]
    const low = isAligned && high > lowest ? Math.floor(lowest / step) * step : lowest
    let worst = 0
    for (let i = 0, at = first; i < count; i++, at += leafWidth) {
      codes[at] = Math.round((leafValues[at] - low) / step)
      worst = Math.max(worst, Math.abs(leafValues[at] - low - codes[at] * step))
    }
    errors[output] += worst
    lows[output] += low
  }
  if (errors.some((error, k) => error > allowed[k])) return undefined
  const share = aggregate === 'mean' ? 1 / (treeStart.length - 1) : 1
  return {
    planeCount,
    codes,
    scale: steps.map((step) => step * share),
    offset: lows.map((low, k) => low * share + base[k]),
  }
}
