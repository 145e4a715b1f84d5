// A right model and probe rows in, microseconds a row by batch size out, within a budget of time.

import type { BackendModel } from '../port.ts'
import type { Probe } from './probe.ts'

export type Timing = { readonly rowCount: number; readonly microsPerRow: number }

/** One row, and what adaptive batching makes of a few, of dozens and of hundreds of callers. */
export const timedSizes = [1, 8, 64, 512] as const

/** For one candidate: some tenths of a second a load, whatever the model. */
const budgetMs = 200

/** Of each size; the fastest run is the least disturbed one. */
const fewestRuns = 3

/** Short runs are disturbed more, and cost little: they are repeated this often, for this long. */
const mostRuns = 10
const repeatedMs = 5

export type TimingOptions = {
  /** Milliseconds on a monotonic clock. */
  readonly now: () => number
  /** What runs before have cost: of the same size the faster one counts, and sizes that would not fit are not tried. */
  readonly known: readonly Timing[]
}

/** `known` and what the timed sizes cost, smallest size first; those that would not fit into the budget are left out. */
export async function timeModel(model: BackendModel, probe: Probe, options: TimingOptions): Promise<Timing[]> {
  const { now, known } = options
  const endsAt = now() + budgetMs
  let timings: readonly Timing[] = known
  for (const rowCount of timedSizes) {
    const estimate = cheapestUpTo(timings, rowCount)
    if (estimate !== Infinity && now() + (estimate * rowCount) / 1000 > endsAt) break
    const microsPerRow = (1000 * (await fastestRun(rowCount))) / rowCount
    const before = timings.find((timing) => timing.rowCount === rowCount)?.microsPerRow ?? Infinity
    const others = timings.filter((timing) => timing.rowCount !== rowCount)
    timings = [...others, { rowCount, microsPerRow: Math.min(microsPerRow, before) }]
  }
  return [...timings].sort((a, b) => a.rowCount - b.rowCount)

  async function fastestRun(rowCount: number): Promise<number> {
    const { inputs, raw, encode } = probe.batch(model, rowCount, (i) => i % probe.rowCount)
    const beganAt = now()
    let fastest = Infinity
    for (let run = 0; run < mostRuns; run++) {
      const startedAt = now()
      if (run > 0 && startedAt + fastest > endsAt) break
      if (run >= fewestRuns && startedAt - beganAt >= repeatedMs) break
      encode()
      await model.run(inputs, rowCount, [raw])
      fastest = Math.min(fastest, now() - startedAt)
    }
    return fastest
  }
}

/**
 * Geometric mean of µs a row over the timed sizes. One that was left out counts as the cheapest below it: a row of a larger
 * batch hardly ever costs more. At least a single row must have been measured.
 */
export function meanMicros(timings: readonly Timing[]): number {
  const logs = timedSizes.map((size) => {
    const measured = timings.find(({ rowCount }) => rowCount === size)
    // a clock too coarse for a run says 0; the logarithm wants a number
    return Math.log(Math.max(measured?.microsPerRow ?? cheapestUpTo(timings, size), 1e-6))
  })
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
}

function cheapestUpTo(timings: readonly Timing[], size: number): number {
  return Math.min(...timings.flatMap(({ rowCount, microsPerRow }) => (rowCount <= size ? [microsPerRow] : [])))
}
