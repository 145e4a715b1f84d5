// An artifact and a wish in, the model on the backend that it gets out, with what was tried and why.

import type { Artifact } from '../../artifact/artifact.ts'
import { decodeWeights } from '../../artifact/decode-tensor.ts'
import { libraryVersion } from '../../artifact/library-version.ts'
import { createError } from '../../errors.ts'
import type { RegionGraph } from '../../regions/region.ts'
import { restoreRegions } from '../../regions/store.ts'
import { verifyRegions } from '../../regions/verify.ts'
import { createEncoder, type Encoder } from '../../rows/encode.ts'
import { mustBeFinite } from '../finite-columns.ts'
import { isKernelModel } from '../kernel/kernel-backend.ts'
import type { KernelProgram } from '../kernel/kernel-program.ts'
import type { BackendModel, BackendName } from '../port.ts'
import type { BackendChoice } from './backend-choice.ts'
import type { OnBackendEvent } from './backend-event.ts'
import type { Candidate } from './candidates.ts'
import { chooseAutomatically, chooseNamed, type Chosen } from './choose-candidate.ts'
import { createNextBackend } from './next-backend.ts'
import { createProbe } from './probe.ts'
import { createServingModel } from './serving-model.ts'
import { besideSummed, computesRegions, summedArtifact, type SummedArtifact, summedTrial } from './summed-terms.ts'
import type { RightAttempt, Trial } from './try-backend.ts'
import type { TuningStore } from './tuning.ts'

export type SelectOptions = {
  readonly artifact: Artifact
  readonly requested: BackendName | 'auto'
  readonly candidates: readonly Candidate[]
  /** Milliseconds on a monotonic clock; where it is absent nothing is timed, and the order decides. */
  readonly now?: () => number
  /** Told of backends that are wrong, lost, or left, at load and while the model serves. */
  readonly onEvent?: OnBackendEvent
  /** Spares `auto` what an earlier process has measured; `settings` is all that the user said of backends. */
  readonly tunings?: { readonly store: TuningStore; readonly settings: string }
}

export type SelectedBackend = {
  readonly model: BackendModel
  /** The kernel that computes in this thread; absent where something else does. */
  readonly program?: KernelProgram
  /** As it is at the moment it is read: a model that `auto` chose for may move while it serves. */
  readonly choice: BackendChoice
  /** The artifact's regions, verified. */
  readonly graph: RegionGraph
  /** Of what the model computes. */
  readonly encoder: Encoder
  /** There where the model computes that in place of the artifact: its rows have sums in place of counted terms. */
  readonly summed?: SummedArtifact
}

/**
 * Loads the artifact on the backend that is asked for, and nowhere else; `auto` takes the kernel, with
 * a graph beside it where that answers some batches faster, and without a right kernel CUDA, else the fastest of webgpu,
 * native and wasm, else cpu; and lets the model move on when its backend gives out.
 * @throws BACKEND_UNAVAILABLE where the named one, or every one, is missing, fails to load or answers wrongly;
 * VALIDATION_FAILED where the artifact's regions cannot be run
 */
export async function selectBackend(options: SelectOptions): Promise<SelectedBackend> {
  const { artifact, onEvent = () => undefined } = options
  const graph = restoreRegions(artifact.metadata.regions, decodeWeights(artifact))
  verifyRegions(graph)
  const { chosen, picked, candidates, trial, encoder, summed } =
    (await chooseSummed(options, graph)) ?? (await chooseWhole(options, graph))
  const { why, reports, beside } = chosen
  const nextBackend = createNextBackend({
    choice: {
      picked: picked.report.name,
      why,
      candidates: reports,
      ...(beside && { kernelMaxRows: beside.maxRows }),
    },
    candidates,
    trial,
  })
  const { metadata } = trial.artifact
  const model = createServingModel({
    picked,
    ...(beside && { beside }),
    isAutomatic: options.requested === 'auto',
    nextBackend,
    onEvent,
    rows: {
      encoder,
      inputs: metadata.inputs,
      rowWidth: metadata.schema.features.length,
      mustBeFinite: mustBeFinite(metadata),
    },
  })
  const inThread = beside?.kernel.model ?? picked.model
  return {
    model,
    ...(isKernelModel(inThread) && { program: inThread.program }),
    get choice() {
      return nextBackend.choice
    },
    graph,
    encoder,
    ...(summed && { summed }),
  }
}

type Selection = {
  readonly chosen: Chosen
  readonly picked: RightAttempt
  readonly candidates: readonly Candidate[]
  readonly trial: Trial
  readonly encoder: Encoder
  readonly summed?: SummedArtifact
}

/** A graph reads every term, so that only kernels take their sums; undefined where these are no right answer. */
async function chooseSummed(options: SelectOptions, graph: RegionGraph): Promise<Selection | undefined> {
  const { artifact, now, onEvent = () => undefined } = options
  const asked = askedOf(options)
  const candidates = asked.filter(computesRegions)
  const summed = candidates.length === 0 ? undefined : summedArtifact(artifact, graph)
  if (summed === undefined) return undefined
  const trial = summedTrial({ now, onEvent }, summed)
  const chosen = besideSummed(await choose(options, candidates, trial), asked)
  const { picked } = chosen
  return picked && { chosen, picked, candidates, trial, encoder: summed.encoder, summed }
}

async function chooseWhole(options: SelectOptions, graph: RegionGraph): Promise<Selection> {
  const { artifact, now, onEvent = () => undefined } = options
  const encoder = createEncoder(graph, artifact.metadata.inputs)
  const probe = createProbe({ artifact, graph, encoder })
  const trial: Trial = { artifact, graph, probe, now, onEvent, ...rememberedOf(options) }
  const candidates = askedOf(options)
  const chosen = await choose(options, candidates, trial)
  const { picked } = chosen
  if (picked === undefined) throw noBackend(chosen, options)
  return { chosen, picked, candidates, trial, encoder }
}

function askedOf({ candidates, requested }: SelectOptions): readonly Candidate[] {
  return requested === 'auto' ? candidates : candidates.filter(({ name }) => name === requested)
}

function choose({ requested }: SelectOptions, candidates: readonly Candidate[], trial: Trial): Promise<Chosen> {
  return (requested === 'auto' ? chooseAutomatically : chooseNamed)(candidates, trial)
}

/** The key names all that this side of the store knows to change the answer; the machine is the store's. */
function rememberedOf({ artifact, candidates, tunings }: SelectOptions): Pick<Trial, 'remembered'> {
  if (tunings === undefined) return {}
  const { store, settings } = tunings
  const there = candidates.map((one) => ('backend' in one ? [one.name, one.backend.description] : one.name))
  const key = JSON.stringify([artifact.sha256, libraryVersion, settings, there])
  return { remembered: { read: () => store.read(key), write: (tuning) => store.write(key, tuning) } }
}

function noBackend({ reports, cause }: Chosen, { requested, candidates }: SelectOptions): Error {
  const others = candidates.filter((candidate) => 'backend' in candidate && candidate.name !== requested)
  const usable = ["'auto'", ...others.map(({ name }) => name)].join(', ')
  const tried = reports.map(({ name, reason }) => `${name}: ${reason}`).join('; ') || 'no such backend'
  const remedy = reports.find((report) => report.remedy !== undefined)?.remedy
  const way =
    requested === 'auto'
      ? 'convert the model again'
      : `${remedy === undefined || tried.includes(remedy) ? '' : `${remedy.startsWith('np') ? 'run ' : ''}${remedy}, or `}ask for one of ${usable}`
  return createError('BACKEND_UNAVAILABLE', `backend ${requested} must answer the check rows, got ${tried}; ${way}`, {
    details: { requested, candidates: reports, ...(remedy !== undefined && requested !== 'auto' && { remedy }) },
    ...(cause !== undefined && { cause }),
  })
}
