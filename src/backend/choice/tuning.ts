// What kernel and graphs of a model cost in one process in; what a later process on the same machine need not measure again out.

import type { BackendName } from '../port.ts'
import type { CandidateReport } from './backend-choice.ts'
import { largestTiming } from './kernel-share.ts'
import type { Timing } from './timing.ts'

/** Numbers and names of ours alone: what a file says is never shown as text. */
export type Tuning = {
  readonly kernel: readonly Timing[]
  /** The graph that was compared with the kernel; absent where none was there and right. */
  readonly graph?: BackendName
  /** Every graph that was asked. */
  readonly graphs: readonly TunedGraph[]
}

export type TunedGraph = {
  readonly name: BackendName
  /** Absent where it could not be had, failed or was wrong. */
  readonly timings?: readonly Timing[]
}

/** What is kept between processes. Both calls never reject: what cannot be read is undefined, what cannot be written is lost. */
export type TuningStore = {
  read(key: string): Promise<Tuning | undefined>
  write(key: string, tuning: Tuning): Promise<void>
}

/** A kernel that takes so many times as long, or as short, as it did then runs on another machine, or one that was busy. */
const mostChange = 2

export function tuningOf(
  kernel: CandidateReport,
  graphs: readonly CandidateReport[],
  compared: BackendName | undefined,
): Tuning {
  return {
    kernel: kernel.timings ?? [],
    ...(compared !== undefined && { graph: compared }),
    graphs: graphs.map(({ name, right, timings }) => ({ name, ...(right === true && timings && { timings }) })),
  }
}

/** Whether the kernel, which is timed at each load, still takes about as long as it did. */
export function isStillTrue({ kernel }: Tuning, now: CandidateReport): boolean {
  const largest = largestTiming(now)
  const before = kernel.find(({ rowCount }) => rowCount === largest?.rowCount)
  if (largest === undefined || before === undefined) return false
  const change = largest.microsPerRow / before.microsPerRow
  return change <= mostChange && change >= 1 / mostChange
}

/** Reports of the graphs that are not loaded again. */
export function rememberedReports({ graphs }: Tuning): CandidateReport[] {
  return graphs.map(({ name, timings }) =>
    timings === undefined
      ? { name, available: false, reason: 'not tried: could not be had when it was asked before on this machine' }
      : { name, available: true, ...timesOf(timings), reason: 'not loaded: timed before on this machine' },
  )
}

/** Its times by batch size, as a report has them. */
export function timesOf(timings: readonly Timing[]): Pick<CandidateReport, 'microsPerRow' | 'timings'> {
  return { microsPerRow: timings[timings.length - 1].microsPerRow, timings }
}
