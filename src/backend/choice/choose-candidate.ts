// Candidates in the design's order in; the one to serve from, and a report of every candidate, out.

import type { BackendName } from '../port.ts'
import type { CandidateReport } from './backend-choice.ts'
import type { Candidate } from './candidates.ts'
import { fastest } from './fastest.ts'
import { whatMayBeat } from './graph-floor.ts'
import { bestBeside, type KernelShare, shareOfKernel } from './kernel-share.ts'
import { type Tier, tiersOf } from './tiers.ts'
import { type Attempt, isRight, type RightAttempt, timeAttempt, tryBackend, type Trial } from './try-backend.ts'
import { isStillTrue, rememberedReports, timesOf, tuningOf } from './tuning.ts'

export type Chosen = {
  /** Undefined where nothing is there and right. */
  readonly picked: RightAttempt | undefined
  /** Where a graph is picked and a kernel is faster for small batches: that kernel, and the largest of them. */
  readonly beside?: { readonly kernel: RightAttempt; readonly maxRows: number }
  readonly why: string
  /** In the order of the candidates. */
  readonly reports: readonly CandidateReport[]
  /** What the first candidate that failed threw. */
  readonly cause: unknown
}

type Division = Pick<Chosen, 'picked' | 'why' | 'beside'>

/** The one that is asked for, alone. */
export async function chooseNamed(candidates: readonly Candidate[], trial: Trial): Promise<Chosen> {
  const attempts = await tryAll(candidates, trial)
  return conclude(candidates, attempts, { picked: attempts.find(isRight), why: 'asked for by name' })
}

/**
 * The kernel first; then, tier by tier, only those graphs that may beat it, until one is right and faster for some batches.
 * Where no kernel is right, the first tier with a graph that is; within a tier, the shortest measured time.
 */
export async function chooseAutomatically(candidates: readonly Candidate[], trial: Trial): Promise<Chosen> {
  const attempts: Attempt[] = []
  let kernel: RightAttempt | undefined
  let compared: RightAttempt | undefined
  let share: KernelShare | undefined
  let isForgotten = false
  for (const { tier, members } of tiersOf(candidates)) {
    if (tier === 'last' && kernel !== undefined) break
    const asked = kernel === undefined ? members : whatMayBeat(kernel.report, members, trial.graph)
    if (kernel !== undefined && asked.length > 0 && !isForgotten) {
      // the first graph to be asked is the moment from which on something is spared
      const recalled = await recall(candidates, kernel, trial)
      if (recalled !== undefined) return conclude(candidates, [...attempts, ...recalled.attempts], recalled)
      isForgotten = true
    }
    const tried = await tryAll(asked, trial)
    // where there is nothing to decide, what the check has cost is number enough, and nobody waits for better ones
    const isContest = tier === 'kernel' || kernel !== undefined || tried.filter(isRight).length > 1
    const settled = isContest ? await timeAll(tried, trial) : tried
    attempts.push(...settled)
    const right = settled.filter(isRight)
    if (right.length === 0) continue
    if (tier === 'kernel') {
      ;[kernel] = right
      if (trial.now === undefined) break
      continue
    }
    const { name, why = '' } =
      kernel === undefined
        ? decide(tier, right, trial)
        : bestBeside(
            kernel.report,
            right.map(({ report }) => report),
          )
    for (const { report, model } of right) if (report.name !== name) model.dispose()
    const picked = right.find(({ report }) => report.name === name)
    if (kernel === undefined || picked === undefined) return conclude(candidates, attempts, { picked, why })
    compared = picked
    share = shareOfKernel(kernel.report, picked.report)
    if (share.maxRows < Infinity) break
    // one of the next tier may still be faster
    picked.model.dispose()
  }
  if (kernel === undefined) return conclude(candidates, attempts, { picked: kernel, why: 'nothing is there and right' })
  if (attempts.length > 1) await remember(attempts, kernel, compared, trial)
  if (compared !== undefined && share !== undefined)
    return conclude(candidates, attempts, divide(kernel, compared, share))
  const { now } = trial
  const why =
    now === undefined ? 'a kernel is there and right' : `the kernel is there and right: ${timeText(kernel.report)}`
  return conclude(candidates, attempts, { picked: kernel, why })
}

/** Frees what takes no batch. */
function divide(kernel: RightAttempt, graph: RightAttempt, { maxRows, why }: KernelShare): Division {
  if (maxRows === Infinity) {
    graph.model.dispose()
    return { picked: kernel, why }
  }
  if (maxRows === 0) kernel.model.dispose()
  return { picked: graph, why, ...(maxRows > 0 && { beside: { kernel, maxRows } }) }
}

/** Loads the one graph that was faster before for some batches, or none; undefined where that does not hold any more. */
async function recall(
  candidates: readonly Candidate[],
  kernel: RightAttempt,
  trial: Trial,
): Promise<(Division & { readonly attempts: readonly Pick<Attempt, 'report'>[] }) | undefined> {
  const before = await trial.remembered?.read()
  if (before === undefined || !isStillTrue(before, kernel.report)) return undefined
  const reports = rememberedReports(before)
  const compared = reports.find(({ name, timings }) => name === before.graph && timings !== undefined)
  const share: KernelShare =
    compared === undefined
      ? { maxRows: Infinity, why: 'no graph was there and right' }
      : shareOfKernel({ ...kernel.report, timings: before.kernel }, compared)
  const why = `timed before on this machine: ${share.why}`
  const attempts = reports.map((report) => ({ report }))
  if (compared === undefined || share.maxRows === Infinity) return { picked: kernel, why, attempts }
  const candidate = candidates.find(({ name }) => name === compared.name)
  if (candidate === undefined || 'unavailable' in candidate) return undefined
  const again = await tryBackend(candidate.backend, trial)
  if (!isRight(again)) return undefined
  const { timings = [] } = compared
  const graph = { ...again, report: { ...again.report, ...timesOf(timings) } }
  const others = attempts.filter(({ report }) => report !== compared)
  return { ...divide(kernel, graph, { ...share, why }), attempts: [graph, ...others] }
}

async function remember(
  attempts: readonly Attempt[],
  kernel: RightAttempt,
  graph: RightAttempt | undefined,
  { remembered }: Trial,
): Promise<void> {
  const graphs = attempts.flatMap(({ report }) => (report.name === 'kernel' ? [] : [report]))
  await remembered?.write(tuningOf(kernel.report, graphs, graph?.report.name))
}

/** One after the other, so that none disturbs another's time; without a clock the first right one is enough. */
async function tryAll(candidates: readonly Candidate[], trial: Trial): Promise<Attempt[]> {
  const attempts: Attempt[] = []
  for (const candidate of candidates) {
    if ('unavailable' in candidate) continue
    const attempt = await tryBackend(candidate.backend, trial)
    attempts.push(attempt)
    if (trial.now === undefined && isRight(attempt)) break
  }
  return attempts
}

async function timeAll(attempts: readonly Attempt[], trial: Trial): Promise<Attempt[]> {
  const { now } = trial
  if (now === undefined) return [...attempts]
  const timed: Attempt[] = []
  for (const attempt of attempts) timed.push(isRight(attempt) ? await timeAttempt(attempt, now, trial) : attempt)
  return timed
}

function decide(tier: Tier, right: readonly RightAttempt[], { now }: Trial): { name: BackendName; why: string } {
  const reports = right.map(({ report }) => report)
  const { name } = reports[0]
  if (now === undefined) return { name, why: 'the first of the preferred order that is there and right' }
  if (reports.length > 1) return fastest(reports)
  const time = timeText(reports[0])
  if (tier === 'first') return { name, why: `${name} is there and right, and comes first: ${time}` }
  if (tier === 'last') return { name, why: `the last resort, nothing else is there and right: ${time}` }
  return { name, why: `the only one of webgpu, native and wasm that is there and right: ${time}` }
}

function timeText({ timings = [] }: CandidateReport): string {
  const { microsPerRow, rowCount } = timings[timings.length - 1]
  return `${microsPerRow.toPrecision(3)} µs a row in batches of ${rowCount}`
}

function conclude(
  candidates: readonly Candidate[],
  attempts: readonly Pick<Attempt, 'report' | 'cause'>[],
  chosen: Division,
): Chosen {
  const { picked } = chosen
  const isByTime = picked?.report.name === 'kernel' && picked.report.timings !== undefined
  const reports = candidates.map((candidate): CandidateReport => {
    const { name } = candidate
    const tried = attempts.find(({ report }) => report.name === name)
    if (tried !== undefined) return tried.report
    if ('unavailable' in candidate) {
      const { unavailable: reason, remedy } = candidate
      return { name, available: false, ...(remedy !== undefined && { remedy }), reason }
    }
    const reason = isByTime
      ? `not tried: no graph on ${name} could be faster than the kernel, ${timeText(picked.report)}`
      : `not tried: ${picked?.report.name} comes first`
    return { name, available: true, reason }
  })
  const { why, beside } = chosen
  return {
    picked,
    why,
    ...(beside && { beside }),
    reports,
    cause: attempts.find(({ cause }) => cause !== undefined)?.cause,
  }
}
