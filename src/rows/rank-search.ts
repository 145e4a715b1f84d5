// Ascending flip points in, a fast and exact `countBelow` out: how many of them lie below a value.

/** Below this a grid costs more than it saves. */
const shortTable = 8

/** Cells per flip point: with two, most cells hold none or one. */
const cellsPerPoint = 2

/**
 * Equal to `countBelow(flipPoints, value)` for every value but NaN. Rows are as good as random to the branch predictor,
 * so the search has no branch on a comparison, and an even grid over the range leaves it little to search. The grid
 * cannot make it wrong: a cell number never falls as the value rises, so only the value's own cell is in doubt.
 */
export function createRankSearch(flipPoints: Float64Array): (value: number) => number {
  const finite = flipPoints.filter((point) => Number.isFinite(point))
  const lowest = finite[0]
  const cellCount = cellsPerPoint * finite.length
  const scale = cellCount / (finite[finite.length - 1] - lowest)
  // One point, a range that overflows, or one so narrow that its inverse does: no grid.
  if (flipPoints.length < shortTable || !(scale > 0 && scale < Infinity))
    return (value) => searchBetween(flipPoints, 0, flipPoints.length, value)

  const cellOf = (value: number): number => {
    const cell = (value - lowest) * scale
    return cell > 0 ? (cell < cellCount ? cell | 0 : cellCount) : 0
  }
  /** Per cell, and one entry more, how many flip points lie in the cells before it. */
  const before = new Int32Array(cellCount + 2)
  for (const point of flipPoints) before[cellOf(point) + 1]++
  for (let cell = 0; cell <= cellCount; cell++) before[cell + 1] += before[cell]
  return (value) => {
    const cell = cellOf(value)
    return searchBetween(flipPoints, before[cell], before[cell + 1], value)
  }
}

function searchBetween(sorted: Float64Array, start: number, end: number, value: number): number {
  let base = start
  let count = end - start
  while (count > 1) {
    const half = count >> 1
    // `| 0` makes the comparison a number instead of a jump.
    base += half * (Number(sorted[base + half - 1] < value) | 0)
    count -= half
  }
  return count === 0 ? base : base + (Number(sorted[base] < value) | 0)
}
