// A plan in; how far its steps have come, as one fraction and one message, out.

import type { Progress } from '../progress.ts'
import type { InstallPlan } from './install-plan.ts'

export type StepProgress = {
  /** Ends the step before; the result takes the fraction of this one. */
  step(name: string, message: string): (fraction: number) => void
  /** How long each step took, in milliseconds; those that were skipped are absent. */
  durationsMs(): Readonly<Record<string, number>>
}

/** Bytes a second on a usual line, and of a disk that is written while its reader inflates: only the bar's pace hangs on them. */
const fetchBytesPerSecond = 20e6
const unpackBytesPerSecond = 150e6

/** Seconds on a small machine. */
const otherSteps = { packages: 3, compile: 10, prove: 3, clean: 1 }

export function createStepProgress(plan: InstallPlan, progress: Progress, nowMs: () => number): StepProgress {
  const seconds = new Map<string, number>()
  for (const { fileName, byteLength, unpackedByteLength } of plan.wheels) {
    seconds.set(`fetch ${fileName}`, byteLength / fetchBytesPerSecond)
    seconds.set(`unpack ${fileName}`, unpackedByteLength / unpackBytesPerSecond)
  }
  for (const [name, duration] of Object.entries(otherSteps)) seconds.set(name, duration)
  const total = [...seconds.values()].reduce((sum, duration) => sum + duration, 0)
  const starts: [name: string, startMs: number][] = []
  return {
    step(name, message) {
      starts.push([name, nowMs()])
      const before = startOf(name, seconds)
      const duration = seconds.get(name) ?? 0
      let shown = -1
      const report = (fraction: number): void => {
        const done = (before + duration * Math.min(1, fraction)) / total
        // bytes come in thousands of pieces, and each report draws
        if (Math.floor(100 * done) === shown) return
        shown = Math.floor(100 * done)
        progress.report(done, message)
      }
      report(0)
      return report
    },
    durationsMs: () =>
      Object.fromEntries(starts.map(([name, startMs], i) => [name, (starts[i + 1]?.[1] ?? nowMs()) - startMs])),
  }
}

/** Steps that were skipped count as done. */
function startOf(name: string, seconds: ReadonlyMap<string, number>): number {
  let start = 0
  for (const [other, duration] of seconds) {
    if (other === name) return start
    start += duration
  }
  return start
}
