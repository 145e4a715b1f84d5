// Ascending flip points in, the table and the steps by which emitted code counts those below a value out.

/** Finding a cell costs about as much as these steps of a search. */
const gridCost = 2

/** Grids that are tried, in cells per flip point: more cells leave less to search, and fill the cache. */
const cellsPerPoint = [2, 4, 8, 16, 32]

/** Grids of more cells pay no more than 8 a flip point. */
const manyCells = 2048

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

/** Of the numbers that say where the search of a cell starts. */
export function startByteLength(pointCount: number): 1 | 2 {
  return pointCount <= 0xff ? 1 : 2
}

/** What the search of one column reads. */
export type RankTables = {
  readonly points: Float64Array
  /** The first flip point in `points`. */
  readonly first: number
  /** Per cell of the grid, where in `points` the search starts. */
  readonly starts?: Uint8Array | Uint16Array
}

/**
 * Tables for a search of `steps`, perhaps more than the window's own. What stands before the flip points is below every
 * value to a search that asks `not >=`, and what stands behind them is above every value to both. So the search for NaN
 * ends at the first flip point where it asks `<`, and behind the last where it asks `not >=`.
 */
export function layWindow(
  flipPoints: Float64Array,
  { grid }: RankWindow,
  { steps, missing }: { readonly steps: number; readonly missing: 'lowest' | 'highest' },
): RankTables {
  const looked = 2 ** steps - 1
  const first = missing === 'highest' ? Math.max(0, looked - flipPoints.length) : 0
  const points = new Float64Array(first + flipPoints.length + looked + 1).fill(Infinity)
  points.fill(NaN, 0, first)
  points.set(flipPoints, first)
  if (grid === undefined) return { points, first }
  // A search that starts earlier finds the same, and no search ends behind the last flip point.
  const last = first + flipPoints.length - looked
  const starts = grid.starts.map((start) => (missing === 'highest' ? Math.min(first + start, last) : start))
  return { points, first, starts: startByteLength(flipPoints.length) === 1 ? Uint8Array.from(starts) : starts }
}

/**
 * An even grid over the range, where it saves steps. It cannot make the search wrong: a cell number never falls as the
 * value rises, so flip points of cells before the value's lie below it, and those of cells after it do not.
 */
export function chooseWindow(flipPoints: Float64Array): RankWindow {
  const whole: RankWindow = { steps: stepsFor(flipPoints.length) }
  const finite = flipPoints.subarray(
    flipPoints[0] === -Infinity ? 1 : 0,
    flipPoints[flipPoints.length - 1] === Infinity ? -1 : undefined,
  )
  if (flipPoints.length > maxGridPoints || whole.steps <= gridCost) return whole
  let best = whole
  for (const perPoint of cellsPerPoint) {
    if (best.steps <= 1 || (perPoint > 8 && perPoint * finite.length > manyCells)) break
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
