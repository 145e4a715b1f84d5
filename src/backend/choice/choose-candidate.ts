// Candidates in the design's order in; the one to serve from, and a report of every candidate, out.

import type { BackendName } from '../port.ts'
import type { CandidateReport } from './backend-choice.ts'
import type { Candidate } from './candidates.ts'
import { fastest } from './fastest.ts'
import { type Tier, tiersOf } from './tiers.ts'
import { type Attempt, isRight, type RightAttempt, timeAttempt, tryBackend, type Trial } from './try-backend.ts'

export type Chosen = {
  /** Undefined where nothing is there and right. */
  readonly picked: RightAttempt | undefined
  readonly why: string
  /** In the order of the candidates. */
  readonly reports: readonly CandidateReport[]
  /** What the first candidate that failed threw. */
  readonly cause: unknown
}

/** The one that is asked for, alone. */
export async function chooseNamed(candidates: readonly Candidate[], trial: Trial): Promise<Chosen> {
  const attempts = await tryAll(candidates, trial)
  return conclude(candidates, attempts, attempts.find(isRight), 'asked for by name')
}

/** The first tier with a right candidate decides; within it, measured time. */
export async function chooseAutomatically(candidates: readonly Candidate[], trial: Trial): Promise<Chosen> {
  const attempts: Attempt[] = []
  for (const { tier, members } of tiersOf(candidates)) {
    const tried = await tryAll(members, trial)
    // where there is nothing to decide, what the check has cost is number enough, and nobody waits for better ones
    const settled = tried.filter(isRight).length > 1 ? await timeAll(tried, trial) : tried
    attempts.push(...settled)
    const right = settled.filter(isRight)
    if (right.length === 0) continue
    const { name, why } = decide(tier, right, trial)
    for (const { report, model } of right) if (report.name !== name) model.dispose()
    const picked = right.find(({ report }) => report.name === name)
    return conclude(candidates, attempts, picked, why)
  }
  return conclude(candidates, attempts, undefined, 'nothing is there and right')
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
  attempts: readonly Attempt[],
  picked: RightAttempt | undefined,
  why: string,
): Chosen {
  const reports = candidates.map((candidate): CandidateReport => {
    const { name } = candidate
    const tried = attempts.find(({ report }) => report.name === name)
    if (tried !== undefined) return tried.report
    if ('unavailable' in candidate) {
      const { unavailable: reason, remedy } = candidate
      return { name, available: false, ...(remedy !== undefined && { remedy }), reason }
    }
    return { name, available: true, reason: `not tried: ${picked?.report.name} comes first` }
  })
  return { picked, why, reports, cause: attempts.find(({ cause }) => cause !== undefined)?.cause }
}
