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

/**
 * Smallest size first; one is always measured, and those that would not fit into the budget are left out.
 * @param now milliseconds on a monotonic clock
 */
export async function timeModel(model: BackendModel, probe: Probe, now: () => number): Promise<Timing[]> {
  const endsAt = now() + budgetMs
  const timings: Timing[] = []
  let estimateMs = 0
  for (const rowCount of timedSizes) {
    const previous = timings[timings.length - 1]
    // at worst each row takes as long as in the batch before
    if (previous !== undefined) estimateMs = (previous.microsPerRow * rowCount) / 1000
    if (previous !== undefined && now() + estimateMs > endsAt) break
    timings.push({ rowCount, microsPerRow: (1000 * (await fastestRun(rowCount))) / rowCount })
  }
  return timings

  async function fastestRun(rowCount: number): Promise<number> {
    const { inputs, raw } = probe.batch(rowCount, (i) => i % probe.rowCount)
    const beganAt = now()
    let fastest = Infinity
    for (let run = 0; run < mostRuns; run++) {
      const startedAt = now()
      if (run > 0 && startedAt + fastest > endsAt) break
      if (run >= fewestRuns && startedAt - beganAt >= repeatedMs) break
      await model.run(inputs, rowCount, [raw])
      fastest = Math.min(fastest, now() - startedAt)
    }
    return fastest
  }
}

/**
 * Geometric mean of µs a row over the timed sizes. One that was left out counts as the largest measured below it: a row of
 * a larger batch hardly ever costs more, and what was left out was too slow to be picked anyway.
 */
export function meanMicros(timings: readonly Timing[]): number {
  const logs = timedSizes.map((size) => {
    const measured = timings.filter(({ rowCount }) => rowCount <= size).at(-1) ?? timings[0]
    // a clock too coarse for a run says 0; the logarithm wants a number
    return Math.log(Math.max(measured.microsPerRow, 1e-6))
  })
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / logs.length)
}
