// Ascending flip points in, the table and the steps by which emitted code counts those below a value out.

/** Cells of a grid cost less than these steps of a search. */
const gridCost = 3

/** Grids that are tried, in cells per flip point; more cells leave less to search, and fill the cache. */
const cellsPerPoint = [2, 4, 8]

/** Starts of cells are 16-bit numbers. */
const maxGridPoints = 0xffff

/** Adding it to a number of [0, 2^31] leaves the nearest integer in the low 32 bits of the sum (IEEE 754). */
export const integerMagic = 2 ** 52

export type RankGrid = {
  readonly lowest: number
  readonly scale: number
  /** Number of the last cell. */
  readonly lastCell: number
  /** Per cell, the flip point where the search starts. */
  readonly starts: Uint16Array
}

export type RankWindow = {
  /** The search looks at 2^steps − 1 flip points. */
  readonly steps: number
  /** Where it starts; absent: at the first. */
  readonly grid?: RankGrid
}

export function stepsFor(count: number): number {
  return Math.ceil(Math.log2(count + 1))
}

/** The flip points, and +Infinity as often as a search of `steps` may look past them: no value is greater. */
export function paddedPoints(flipPoints: Float64Array, steps: number): Float64Array {
  const padded = new Float64Array(flipPoints.length + 2 ** steps).fill(Infinity)
  padded.set(flipPoints)
  return padded
}

/**
 * An even grid over the range, where it saves steps. It cannot make the search wrong: a cell number never falls as the
 * value rises, so flip points of cells before the value's lie below it, and those of cells after it do not.
 */
export function chooseWindow(flipPoints: Float64Array): RankWindow {
  const whole: RankWindow = { steps: stepsFor(flipPoints.length) }
  const finite = flipPoints.filter((point) => Number.isFinite(point))
  if (flipPoints.length > maxGridPoints || whole.steps <= gridCost) return whole
  let best = whole
  for (const perPoint of cellsPerPoint) {
    const grid = createGrid(flipPoints, finite, perPoint * finite.length)
    if (grid === undefined) return best
    if (grid.steps + (best === whole ? gridCost : 0) < best.steps) best = grid
  }
  return best
}

function createGrid(flipPoints: Float64Array, finite: Float64Array, cellCount: number): RankWindow | undefined {
  const lowest = finite[0]
  const lastCell = cellCount - 1
  const scale = lastCell / (finite[finite.length - 1] - lowest)
  if (!(scale > 0 && scale < Infinity)) return undefined
  /** The same operations in the same order as in the emitted code. */
  const cellOf = (value: number): number =>
    Math.min(Math.max((value - lowest) * scale, 0), lastCell) + integerMagic - integerMagic
  const counts = new Int32Array(cellCount)
  for (const point of flipPoints) counts[cellOf(point)]++
  const steps = stepsFor(counts.reduce((most, count) => Math.max(most, count), 0))
  const starts = new Uint16Array(cellCount)
  for (let cell = 1; cell < cellCount; cell++) starts[cell] = starts[cell - 1] + counts[cell - 1]
  return { steps, grid: { lowest, scale, lastCell, starts } }
}
