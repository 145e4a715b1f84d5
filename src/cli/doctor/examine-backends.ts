// The demo model and its held-out customers in; which backends are there, right and how fast out.

import { type Candidate, createCandidates } from '../../backend/choice/candidates.ts'
import type { BackendName } from '../../backend/port.ts'
import { isMLError } from '../../errors.ts'
import { loadModel } from '../../runtime/load-model.ts'
import type { ModelPredictor } from '../../runtime/predictor.ts'
import type { HeldOut } from '../demo/churn-example.ts'
import { driveTraffic } from '../demo/traffic.ts'
import { installedVersion } from '../installed-package.ts'
import type { BackendFinding } from './doctor-report.ts'

export type ExamineOptions = {
  /** The converted demo model. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly heldOut: HeldOut
  /** Name of the processor. */
  readonly processor: string
  readonly signal: AbortSignal
  readonly onBackend: (name: BackendName) => void
}

/** Package that each backend runs on. */
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

const aloneRows = 200
const batchRounds = 3

export async function examineBackends(options: ExamineOptions): Promise<BackendFinding[]> {
  const findings: BackendFinding[] = []
  for (const candidate of createCandidates()) {
    options.signal.throwIfAborted()
    options.onBackend(candidate.name)
    findings.push('unavailable' in candidate ? absent(candidate) : await examine(candidate.name, options))
  }
  return findings
}

function packageText(name: BackendName): string | null {
  const required = packages[name]
  const version = required === undefined ? undefined : installedVersion(required)
  return version === undefined ? null : `${required} ${version}`
}

/** A package that is there changes nothing as long as this release has no use for it; saying so saves an install. */
function absent({ name, unavailable }: Candidate & { readonly unavailable: string }): BackendFinding {
  const installed = packageText(name)
  const found = installed === null ? '' : `; ${installed} is installed and not used`
  return { ...nothing(name), package: installed, finding: `${unavailable}: it comes in a later one${found}` }
}

async function examine(name: BackendName, options: ExamineOptions): Promise<BackendFinding> {
  let model: ModelPredictor | undefined
  try {
    model = await loadModel(options.files, { backend: name, caching: false })
    const largestDifference = await compare(model, options.heldOut)
    const isRight = largestDifference <= largestAllowed
    return {
      ...nothing(name),
      isAvailable: true,
      package: packageText(name),
      device: `${options.processor}, one thread`,
      isRight,
      largestDifference,
      microsPerRow: await time(model, options),
      finding: isRight ? 'right' : `wrong: a probability is off by ${largestDifference.toPrecision(3)}`,
    }
  } catch (error) {
    if (!isMLError(error)) throw error
    const required = packages[name]
    const isMissing = required !== undefined && packageText(name) === null
    return {
      ...nothing(name),
      package: packageText(name),
      finding: error.message,
      remedy: isMissing ? `npm install ${required}@4.22.0` : null,
    }
  } finally {
    await model?.close()
  }
}

function nothing(name: BackendName): BackendFinding {
  return {
    name,
    isAvailable: false,
    package: null,
    device: null,
    isRight: null,
    largestDifference: null,
    microsPerRow: null,
    finding: '',
    remedy: null,
  }
}

/** Largest difference of a probability from what scikit-learn gave; infinite where a row has no answer. */
async function compare(model: ModelPredictor, { rows, expected }: HeldOut): Promise<number> {
  let largest = 0
  const entries = await model.predictBatch(rows)
  entries.forEach((entry, row) => {
    const given: unknown = isMLError(entry) ? undefined : entry.probabilities
    const found = Array.isArray(given) ? (given as number[]) : []
    expected.predict_proba[row].forEach((wanted, column) => {
      const difference = Math.abs(wanted - (found[column] ?? NaN))
      largest = Math.max(largest, Number.isNaN(difference) ? Infinity : difference)
    })
  })
  return largest
}

/** The comparison before has warmed the model. */
async function time(
  model: ModelPredictor,
  { heldOut, signal }: ExamineOptions,
): Promise<BackendFinding['microsPerRow']> {
  const rows = heldOut.rows.slice(0, aloneRows)
  const { latencyMs } = await driveTraffic({ rows, callerCount: 1, predict: (row) => model.predict(row), signal })
  let bestMs = Infinity
  for (let round = 0; round < batchRounds; round++) {
    signal.throwIfAborted()
    const startedAt = performance.now()
    await model.predictBatch(heldOut.rows)
    bestMs = Math.min(bestMs, performance.now() - startedAt)
  }
  return { alone: 1000 * latencyMs.p50, inBatch: (1000 * bestMs) / heldOut.rows.length }
}
