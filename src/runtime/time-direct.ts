// A kernel in this thread and rows that it answers in; what runs of one row and of some dozens cost once they are compiled, out.

import type { KernelProgram } from '../backend/kernel/kernel-program.ts'
import type { MeasuredRun } from './warm-up.ts'

const sizes = [1, 32] as const

/** For each size: enough for the engine to compile what runs often, and no start of a service waits for it. */
const budgetMs = 3

/** Until there were enough runs for the first, slow ones not to count. */
const patienceMs = 30

/** Runs between two looks at the clock, which resolves a microsecond at best; fewer where they would take a millisecond. */
const mostRunsAtOnce = 20
const atOnceMs = 1

/** A model that is so slow need not know what a second size costs: to wait for a batch is nothing to it. */
const longestMs = 20

export function timeDirect(
  program: KernelProgram,
  rows: readonly Float64Array[],
  { now }: { readonly now: () => number },
): MeasuredRun[] {
  const width = program.rows.length / program.blockRows
  const measured: MeasuredRun[] = []
  for (const rowCount of sizes) {
    const [one] = measured
    const isTooSlow = one !== undefined && one.ms * rowCount > longestMs
    if (rows.length === 0 || rowCount > program.blockRows || isTooSlow) break
    for (let i = 0; i < rowCount; i++) program.rows.set(rows[i % rows.length], i * width)
    measured.push({ rowCount, ms: fastestMs(() => program.run(rowCount), now) })
  }
  return measured
}

function fastestMs(run: () => void, now: () => number): number {
  const beganAt = now()
  let fastest = Infinity
  let runs = 1
  let runCount = 0
  // the first condition ends it where a clock stands still
  for (let turn = 0; turn < 100; turn++) {
    const budget = runCount < mostRunsAtOnce ? patienceMs : budgetMs
    if (turn >= 3 && now() - beganAt >= budget) break
    runCount += runs
    const startedAt = now()
    for (let i = 0; i < runs; i++) run()
    const ms = (now() - startedAt) / runs
    const isLong = ms * mostRunsAtOnce >= atOnceMs
    // of a few short runs the clock sees nothing
    if (isLong || runs === mostRunsAtOnce) fastest = Math.min(fastest, ms)
    runs = isLong ? Math.max(1, Math.floor(atOnceMs / ms)) : mostRunsAtOnce
  }
  return fastest
}
