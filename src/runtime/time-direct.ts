// A kernel in this thread and rows that it answers in; what runs of one row and of some dozens cost once they are compiled, out.

import type { KernelProgram } from '../backend/kernel/kernel-program.ts'
import type { MeasuredRun } from './warm-up.ts'

const sizes = [1, 32] as const

/** For each size: enough for the engine to compile what runs often, and no start of a service waits for it. */
const budgetMs = 3

/** Runs between two looks at the clock, which resolves a microsecond at best. */
const runsAtOnce = 20

export function timeDirect(
  program: KernelProgram,
  rows: readonly Float64Array[],
  { now }: { readonly now: () => number },
): MeasuredRun[] {
  const width = program.rows.length / program.blockRows
  return sizes.flatMap((rowCount) => {
    if (rows.length === 0 || rowCount > program.blockRows) return []
    for (let i = 0; i < rowCount; i++) program.rows.set(rows[i % rows.length], i * width)
    const endsAt = now() + budgetMs
    let fastestMs = Infinity
    // the second condition ends it where a clock stands still
    for (let turn = 0; turn < 100 && (turn < 3 || now() < endsAt); turn++) {
      const startedAt = now()
      for (let run = 0; run < runsAtOnce; run++) program.run(rowCount)
      fastestMs = Math.min(fastestMs, (now() - startedAt) / runsAtOnce)
    }
    return [{ rowCount, ms: fastestMs }]
  })
}
