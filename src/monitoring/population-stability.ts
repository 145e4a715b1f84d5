// Shares of a reference and of now in, one number for how far the population has moved out.

/**
 * Added to each count: no bin is ever empty, so that no logarithm is infinite. Jeffreys' prior of a multinomial.
 */
const smoothing = 0.5

/**
 * Population stability index, Σ (now − then)·ln(now ÷ then) over bins, each share smoothed to (count + ½) ÷ (n + ½·bins);
 * by the custom of credit scoring below 0.1 is stable and above 0.25 has moved. Where nothing has moved it is about
 * (bins − 1)·(1 ÷ n + 1 ÷ m): of many bins and few rows it says little. 0 where one side is empty.
 */
export function populationStability(then: ArrayLike<number>, now: ArrayLike<number>): number {
  let thenTotal = 0
  let nowTotal = 0
  for (let i = 0; i < then.length; i++) {
    thenTotal += then[i]
    nowTotal += now[i]
  }
  if (thenTotal === 0 || nowTotal === 0) return 0
  const room = smoothing * then.length
  let index = 0
  for (let i = 0; i < then.length; i++) {
    const before = (then[i] + smoothing) / (thenTotal + room)
    const after = (now[i] + smoothing) / (nowTotal + room)
    index += (after - before) * Math.log(after / before)
  }
  return index
}

/** Upper edges, inclusive, of bins that hold about equally many values of a rising sample; fewer where values repeat. */
export function quantileEdges(sorted: Float64Array, binCount: number): number[] {
  const edges: number[] = []
  for (let bin = 1; bin < binCount; bin++) {
    const edge = sorted[Math.ceil((bin * sorted.length) / binCount) - 1]
    if (edge !== undefined && edge !== edges[edges.length - 1]) edges.push(edge)
  }
  return edges
}

/** How many values of a rising sample lie in each bin; one bin more than there are edges. */
export function binCounts(sorted: Float64Array, edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length + 1).fill(0)
  let bin = 0
  for (const value of sorted) {
    while (bin < edges.length && value > edges[bin]) bin++
    counts[bin]++
  }
  return counts
}
