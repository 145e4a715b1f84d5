// The demo model and its held-out customers in; which backends are there, right and how fast, and which one `auto` takes, out.

import type { BackendOptions } from '../../backend/backend-options.ts'
import type { CandidateReport } from '../../backend/choice/backend-choice.ts'
import { candidateNames } from '../../backend/choice/candidates.ts'
import type { BackendName } from '../../backend/port.ts'
import type { Timing } from '../../backend/choice/timing.ts'
import { createError, isMLError, type MLError } from '../../errors.ts'
import { loadModel } from '../../runtime/load-model.ts'
import type { ModelPredictor } from '../../runtime/predictor.ts'
import type { HeldOut } from '../demo/churn-example.ts'
import { installedVersion } from '../installed-package.ts'
import { explainAbsence, type FindCards } from './absent-backend.ts'
import { compareAnswers } from './compare-answers.ts'
import type { BackendFinding, DoctorReport } from './doctor-report.ts'
import { timeAnswers } from './time-answers.ts'
import { timeBatches } from './time-batches.ts'

export type ExamineOptions = {
  /** The converted demo model. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly heldOut: HeldOut
  readonly backendOptions: BackendOptions
  readonly signal: AbortSignal
  /** Called before each is asked. */
  readonly onBackend: (name: BackendName | 'auto') => void
  /** @default 60_000: a card compiles its kernels at the first use, which takes half a minute */
  readonly deadlineMs?: number
  /** @default loadModel */
  readonly load?: typeof loadModel
  /** @default timeBatches */
  readonly timeSizes?: (name: BackendName) => Promise<readonly Timing[]>
  /** @default asks nvidia-smi */
  readonly findCards?: FindCards
}

/** Package that each backend is an import of; what `native install` brings is none. */
const packages = {
  cuda: '@tensorflow/tfjs-node-gpu',
  webgpu: 'webgpu',
  native: '@tensorflow/tfjs-node',
  wasm: '@tensorflow/tfjs-backend-wasm',
  cpu: '@tensorflow/tfjs-backend-cpu',
  kernel: undefined,
} as const satisfies Record<BackendName, string | undefined>

/** What uint8 promises; a wrong kernel is off by far more. */
const largestAllowed = 0.01

/** One after the other, each by name, so that one that fails or hangs takes no other with it. */
export async function examineBackends(options: ExamineOptions): Promise<BackendFinding[]> {
  const findings: BackendFinding[] = []
  for (const name of candidateNames) {
    options.signal.throwIfAborted()
    options.onBackend(name)
    findings.push(await examine(name, options))
  }
  return findings
}

/** What a service without any option would run the demo model on. */
export async function examineChoice(
  options: ExamineOptions,
): Promise<Pick<DoctorReport, 'picked' | 'why' | 'kernelMaxRows'>> {
  options.onBackend('auto')
  try {
    const choice = await withModel('auto', options, (model) => Promise.resolve(model.getHealth().backend))
    const { kernelMaxRows } = choice ?? {}
    return { picked: choice?.picked ?? null, why: choice?.why ?? null, ...(kernelMaxRows && { kernelMaxRows }) }
  } catch (error) {
    if (!isMLError(error)) throw error
    return { picked: null, why: error.message }
  }
}

async function examine(name: BackendName, options: ExamineOptions): Promise<BackendFinding> {
  const { files, backendOptions, timeSizes = (asked) => timeBatches(asked, files, backendOptions) } = options
  try {
    return await withModel(name, options, async (model, signal) => {
      const { device = null, library = null } = reportOf(model.getHealth().backend?.candidates, name)
      const largestDifference = await compareAnswers(model, options.heldOut)
      const isRight = largestDifference <= largestAllowed
      const finding = isRight ? 'right' : `wrong: a probability is off by ${largestDifference.toPrecision(3)}`
      const microsPerRow = await timeAnswers(model, options.heldOut.rows, signal)
      const timings = await timeSizes(name)
      const found = { isAvailable: true, device, library, isRight, largestDifference, microsPerRow, finding, timings }
      return { ...nothing(name), ...found }
    })
  } catch (error) {
    if (!isMLError(error)) throw error
    return notServing(name, error, options)
  }
}

/** What cannot be had, fails, or is disqualified by its self-check. */
async function notServing(name: BackendName, error: MLError, options: ExamineOptions): Promise<BackendFinding> {
  const report = reportOf(error.details['candidates'], name)
  const { available = false, right, device = null, library = null } = report
  if (available) {
    const finding = right === false ? (report.reason ?? error.message) : `fails: ${report.reason ?? error.message}`
    return { ...nothing(name), isAvailable: true, device, library, isRight: right ?? null, finding }
  }
  const required = packages[name]
  const isMissing =
    required !== undefined && (name === 'wasm' || name === 'cpu') && installedVersion(required) === undefined
  const absence = isMissing
    ? { finding: `${required} is not installed`, remedy: `npm install ${required}@4.22.0` }
    : await explainAbsence(name, { ...report, reason: report.reason ?? error.message }, error.cause, options)
  return { ...nothing(name), ...absence }
}

/** Loads the model, lets `use` have it, and gives it back, all within the deadline. */
async function withModel<Result>(
  backend: BackendName | 'auto',
  options: ExamineOptions,
  use: (model: ModelPredictor, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { files, backendOptions, signal, deadlineMs = 60_000, load = loadModel } = options
  const deadline = AbortSignal.timeout(deadlineMs)
  const ending = AbortSignal.any([signal, deadline])
  const work = load(files, { backend, backendOptions, caching: false }).then(async (model) => {
    try {
      return await use(model, ending)
    } finally {
      await model.close()
    }
  })
  // what is overdue is left to its host's own deadline
  work.catch(() => undefined)
  const end = new Promise<never>((_, reject) => {
    ending.addEventListener('abort', () => reject(signal.aborted ? (signal.reason as Error) : overdue(deadlineMs)))
  })
  try {
    return await Promise.race([work, end])
  } catch (error) {
    if (deadline.aborted && !signal.aborted) throw overdue(deadlineMs)
    throw error
  }
}

function overdue(deadlineMs: number): MLError {
  return createError('DEADLINE_EXCEEDED', `no answer within ${deadlineMs / 1000} s`)
}

function reportOf(candidates: unknown, name: BackendName): Partial<CandidateReport> {
  if (!Array.isArray(candidates)) return {}
  return (candidates as readonly CandidateReport[]).find((report) => report.name === name) ?? {}
}

function nothing(name: BackendName): BackendFinding {
  const required = packages[name]
  const version = required === undefined ? undefined : installedVersion(required)
  return {
    name,
    isAvailable: false,
    package: version === undefined ? null : `${required} ${version}`,
    library: null,
    device: null,
    isRight: null,
    largestDifference: null,
    microsPerRow: null,
    finding: '',
    remedy: null,
  }
}
