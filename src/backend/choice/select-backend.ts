// An artifact and a wish in, the first backend that answers the check rows right out, with what was tried and why.

import type { Artifact } from '../../artifact/artifact.ts'
import { decodeWeights } from '../../artifact/decode-tensor.ts'
import { createError } from '../../errors.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { restoreRegions } from '../../regions/store.ts'
import { verifyRegions } from '../../regions/verify.ts'
import { createEncoder, type Encoder } from '../../rows/encode.ts'
import type { Candidate } from './candidates.ts'
import type { Backend, BackendModel, BackendName } from '../port.ts'
import { checkBatch, type CheckedModel, checkRows, selfCheck } from './self-check.ts'

export type BackendChoice = {
  readonly picked: BackendName
  readonly why: string
  readonly candidates: readonly {
    readonly name: BackendName
    readonly available: boolean
    /** Answered the check rows right; absent where it was not asked. */
    readonly right?: boolean
    /** One run of all check rows, divided by their number. */
    readonly microsPerRow?: number
    readonly reason: string
  }[]
}

export type SelectOptions = {
  readonly artifact: Artifact
  readonly requested: BackendName | 'auto'
  readonly candidates: readonly Candidate[]
  /** Milliseconds on a monotonic clock; where it is absent nothing is timed. */
  readonly now?: () => number
}

export type SelectedBackend = {
  readonly model: BackendModel
  readonly choice: BackendChoice
  /** The artifact's regions, verified, and their encoder. */
  readonly graph: RegionGraph
  readonly encoder: Encoder
}

type Report = BackendChoice['candidates'][number]

/**
 * Loads the artifact on the backend that is asked for; `auto` takes the first that is there and right.
 * @throws BACKEND_UNAVAILABLE where the named one, or every one, is missing, fails to load or answers wrongly;
 * VALIDATION_FAILED where the artifact's regions cannot be run
 */
export async function selectBackend(options: SelectOptions): Promise<SelectedBackend> {
  const { artifact, requested, candidates } = options
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  verifyRegions(graph)
  const checked: CheckedModel = { artifact, graph, encoder: createEncoder(graph, artifact.metadata.inputs) }
  const wanted = requested === 'auto' ? candidates : candidates.filter(({ name }) => name === requested)
  const reports: Report[] = []
  let cause: unknown
  let picked: { model: BackendModel; name: BackendName } | undefined
  for (const candidate of wanted) {
    if (picked !== undefined || 'unavailable' in candidate) {
      reports.push(untried(candidate, picked?.name))
      continue
    }
    const attempt = await tryBackend(candidate.backend, checked, options.now)
    reports.push(attempt.report)
    if (attempt.model !== undefined) picked = { model: attempt.model, name: candidate.name }
    cause ??= attempt.cause
  }
  if (picked === undefined) throw noBackend(requested, reports, { candidates, cause })
  const why = requested === 'auto' ? 'the first of the preferred order that is there and right' : 'asked for by name'
  const choice: BackendChoice = { picked: picked.name, why, candidates: reports }
  return { model: picked.model, choice, graph, encoder: checked.encoder }
}

function untried(candidate: Candidate, picked: BackendName | undefined): Report {
  if ('unavailable' in candidate) return { name: candidate.name, available: false, reason: candidate.unavailable }
  return { name: candidate.name, available: true, reason: `not tried: ${picked} comes first` }
}

async function tryBackend(
  backend: Backend,
  checked: CheckedModel,
  now: SelectOptions['now'],
): Promise<{ report: Report; model?: BackendModel; cause?: unknown }> {
  const { name } = backend
  let model: BackendModel | undefined
  try {
    model = await backend.load(checked.artifact)
    const found = await selfCheck(model, checked)
    if (!found.isRight) {
      model.dispose()
      return { report: { name, available: true, right: false, reason: found.reason } }
    }
    const timed = now === undefined || found.rowCount === 0 ? {} : { microsPerRow: await timeRows(model, checked, now) }
    return { report: { name, available: true, right: true, ...timed, reason: found.reason }, model }
  } catch (cause) {
    model?.dispose()
    const reason = cause instanceof Error ? cause.message : String(cause)
    return { report: { name, available: false, reason }, cause }
  }
}

/** Best of three runs of all check rows; the self-check before has warmed the model. */
async function timeRows(model: BackendModel, checked: CheckedModel, now: () => number): Promise<number> {
  const { inputs, rowCount, raw } = checkBatch(checked, checkRows(checked.artifact))
  let best = Infinity
  for (let run = 0; run < 3; run++) {
    const start = now()
    await model.run(inputs, rowCount, [raw])
    best = Math.min(best, now() - start)
  }
  return (best * 1000) / rowCount
}

function noBackend(
  requested: BackendName | 'auto',
  reports: readonly Report[],
  { candidates, cause }: { readonly candidates: readonly Candidate[]; readonly cause: unknown },
): Error {
  const usable = candidates.filter((candidate) => 'backend' in candidate).map(({ name }) => name)
  const tried = reports.map(({ name, reason }) => `${name}: ${reason}`).join('; ') || 'no such backend'
  const way = requested === 'auto' ? 'convert the model again' : `ask for 'auto' or one of ${usable.join(', ')}`
  return createError('BACKEND_UNAVAILABLE', `backend ${requested} must answer the check rows, got ${tried}; ${way}`, {
    details: { requested, candidates: reports },
    ...(cause !== undefined && { cause }),
  })
}
