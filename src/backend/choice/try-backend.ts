// A candidate and a probe in; its model where it is there and answers right, and a report of it in any case, out.

import type { Artifact } from '../../artifact/artifact.ts'
import { createError, isMLError } from '../../errors.ts'
import type { RegionGraph } from '../../regions/region.ts'
import type { Backend, BackendFacts, BackendModel, RegionSource } from '../port.ts'
import { type CandidateReport, deviceText } from './backend-choice.ts'
import type { OnBackendEvent } from './backend-event.ts'
import type { Probe } from './probe.ts'
import { selfCheck } from './self-check.ts'
import { timeModel } from './timing.ts'
import { timesOf, type Tuning } from './tuning.ts'

export type Trial = {
  readonly artifact: Artifact
  readonly graph: RegionGraph
  /** @default 'own' */
  readonly source?: RegionSource
  readonly probe: Probe
  /** Milliseconds on a monotonic clock; where it is absent nothing is timed. */
  readonly now: (() => number) | undefined
  readonly onEvent: OnBackendEvent
  /** What an earlier process measured of this artifact; absent where nothing is kept. */
  readonly remembered?: {
    read(): Promise<Tuning | undefined>
    write(tuning: Tuning): Promise<void>
  }
}

export type Attempt = {
  readonly backend: Backend
  readonly report: CandidateReport
  /** Loaded and right; absent where it is not. */
  readonly model?: BackendModel
  /** What was thrown where there is no model. */
  readonly cause?: unknown
}

export type RightAttempt = Attempt & { readonly model: BackendModel }

export function isRight(attempt: Attempt): attempt is RightAttempt {
  return attempt.model !== undefined
}

/** Opens the backend, loads the artifact and checks its answers; never throws. */
export async function tryBackend(backend: Backend, trial: Trial): Promise<Attempt> {
  const { name } = backend
  let facts: BackendFacts | undefined
  let model: BackendModel | undefined
  try {
    facts = await backend.open()
    assertAsNamed(backend, facts)
    model = await backend.load(trial.artifact, trial.graph, trial.source)
    const found = await selfCheck(model, trial.probe, trial.now)
    const report: CandidateReport = {
      name,
      available: true,
      right: found.isRight,
      ...(found.isRight && found.timings && timesOf(found.timings)),
      ...factsOf(facts),
      reason: model.form === undefined ? found.reason : `${found.reason}; ${model.form}`,
    }
    if (found.isRight) return { backend, report, model }
    model.dispose()
    trial.onEvent({ kind: 'disqualified', name, reason: found.reason })
    return { backend, report }
  } catch (cause) {
    const report: CandidateReport = { name, available: true, ...factsOf(facts), reason: '' }
    return failed({ backend, report, ...(model && { model }) }, cause, trial)
  }
}

/** Adds what batches of the timed sizes cost to what the check's own runs did; one that breaks at it is given up. */
export async function timeAttempt(attempt: RightAttempt, now: () => number, trial: Trial): Promise<Attempt> {
  const { model, report } = attempt
  try {
    const timings = await timeModel(model, trial.probe, { now, known: report.timings ?? [] })
    return { ...attempt, report: { ...report, ...timesOf(timings) } }
  } catch (cause) {
    const { right: _, timings: __, microsPerRow: ___, ...rest } = report
    return failed({ ...attempt, report: rest }, cause, trial)
  }
}

/** The GPU build of TensorFlow computes on the CPU where it finds no card. */
function assertAsNamed({ name }: Backend, { device }: BackendFacts): void {
  if (name !== 'cuda' || device.kind === 'gpu') return
  throw createError('BACKEND_UNAVAILABLE', `no CUDA device: the GPU build computes on ${device.name}`)
}

function failed({ backend, report, model }: Attempt, cause: unknown, { onEvent }: Trial): Attempt {
  model?.dispose()
  const { name } = report
  const reason = cause instanceof Error ? cause.message : String(cause)
  const available = !(isMLError(cause) && cause.code === 'BACKEND_UNAVAILABLE')
  // one that cannot be had at all is nothing to warn of
  if (report.device !== undefined) onEvent({ kind: 'disqualified', name, reason })
  return { backend, report: { ...report, available, ...remedyOf(cause), reason }, cause }
}

function factsOf(facts: BackendFacts | undefined): Pick<CandidateReport, 'device' | 'library'> {
  return facts === undefined ? {} : { device: deviceText(facts), library: facts.library }
}

function remedyOf(cause: unknown): Pick<CandidateReport, 'remedy'> {
  const remedy = isMLError(cause) ? cause.details?.['remedy'] : undefined
  return typeof remedy === 'string' ? { remedy } : {}
}
