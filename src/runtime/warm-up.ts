// A loaded model and rows that it may be asked in; the model warm, and what runs of one row and of some dozens then cost, out.

import type { Clock } from '../observe/clock.ts'
import type { LoadedModel } from './loaded-model.ts'

export type WarmUpOptions = {
  readonly rows: readonly Float64Array[]
  /** Largest batch that will ever be run. */
  readonly maxRows: number
  readonly clock: Clock
}

/** Timed runs of one row after the first, which compiles and uploads; their fastest is the least disturbed. */
const timedRuns = 5

/** A second size tells the fixed part of a run from that of a row, before the first burst has to be cut into batches. */
const tellingRows = 32
const tellingRuns = 3

/** For the runs of the second size. */
const tellingMs = 50

/** Batches of a few, of dozens and of hundreds of callers: a GPU compiles a shader at the first batch of a kind. */
const warmedSizes = [8, 64, 512] as const

/** For all sizes beyond one row; a model that is slower than this has more to do than to compile. */
const largeSizesMs = 1_000

export type MeasuredRun = { readonly rowCount: number; readonly ms: number }

/** @returns the fastest run of one row, then that of a larger batch where there is time for one; none without rows */
export async function warmUp(model: LoadedModel, { rows, maxRows, clock }: WarmUpOptions): Promise<MeasuredRun[]> {
  if (rows.length === 0) return []
  await model.run(rows.slice(0, maxRows))
  if (model.mode === 'async') await warmLargeSizes(model, { rows, maxRows, clock })
  const time = async (batch: readonly Float64Array[]): Promise<number> => {
    const startedAt = clock.now()
    await model.run(batch)
    return clock.now() - startedAt
  }
  let ms = Infinity
  for (let i = 0; i < timedRuns; i++) ms = Math.min(ms, await time([rows[i % rows.length]]))
  const one = { rowCount: 1, ms }
  const rowCount = Math.min(tellingRows, maxRows)
  if (rowCount === 1 || ms * rowCount > tellingMs) return [one]
  const batch = tiled(rows, rowCount)
  const endsAt = clock.now() + tellingMs
  let fastestMs = Infinity
  for (let i = 0; i < tellingRuns && clock.now() < endsAt; i++) fastestMs = Math.min(fastestMs, await time(batch))
  return [one, { rowCount, ms: fastestMs }]
}

async function warmLargeSizes(model: LoadedModel, { rows, maxRows, clock }: WarmUpOptions): Promise<void> {
  const endsAt = clock.now() + largeSizesMs
  for (const size of warmedSizes) {
    if (clock.now() >= endsAt) return
    const rowCount = Math.min(size, maxRows)
    await model.run(tiled(rows, rowCount))
    if (rowCount === maxRows) return
  }
}

export type WarmSizesOptions = Omit<WarmUpOptions, 'maxRows'> & {
  /** Smallest first. */
  readonly sizes: readonly number[]
  /** Between two runs those who are answered meanwhile get their turn. */
  readonly defer: (callback: () => void) => void
}

/** Runs one batch of each size, as far as a second goes. */
export async function warmSizes(model: LoadedModel, options: WarmSizesOptions): Promise<void> {
  const { rows, sizes, clock, defer } = options
  if (rows.length === 0) return
  const endsAt = clock.now() + largeSizesMs
  let msPerRow = 0
  for (const size of sizes) {
    const startedAt = clock.now()
    if (startedAt + msPerRow * size > endsAt) return
    await model.run(tiled(rows, size))
    msPerRow = (clock.now() - startedAt) / size
    await new Promise<void>((resolve) => defer(resolve))
  }
}

function tiled(rows: readonly Float64Array[], rowCount: number): readonly Float64Array[] {
  return Array.from({ length: rowCount }, (_, i) => rows[i % rows.length])
}
