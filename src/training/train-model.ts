// The folder of a model in; a trained, converted, judged and registered version of it out.

import { cpus } from 'node:os'
import { basename, join, resolve } from 'node:path'
import process from 'node:process'
import type { FallbackRules } from '../resilience/rules.ts'
import { assertKnownOptions, type OptionNames } from '../runtime/known-options.ts'
import { readArtifactFolder } from '../runtime/model-folder.ts'
import { nodeSha256 } from '../runtime/node-hash.ts'
import { assertRunnable } from './assert-runnable.ts'
import { measureRun } from './judge/measure-run.ts'
import { createPythonTrainer } from './python/python-trainer.ts'
import type { RunRecord } from './run-record.ts'
import { convertTrained } from './source/convert-trained.ts'
import { type ModelState, openModelStore } from './store/model-store.ts'
import { checkData } from './table/check-data.ts'
import type { Trainer } from './trainer.ts'
import { readTrainingFolder, type TrainingFolder } from './training-folder.ts'
import { writeRun } from './write-run.ts'

/** `fraction` of the whole run, 0 to 1. */
export type TrainProgress = { readonly fraction: number; readonly message: string }

export type TrainOptions = {
  /** @default the one of training.json */
  readonly version?: string
  /** Makes the version production where every gate passed. @default false */
  readonly promote?: boolean
  /** Folder of models, or the model's folder in one, to write to: a copy that can be served. @default the model's own */
  readonly out?: string
  /** Interpreter for `train.py`, or to make its environment with. */
  readonly python?: string
  /** False to write no report.html. @default true */
  readonly report?: boolean
  /** Rules by name, beside those of the CRM models and the folder's own rule.json. */
  readonly fallbacks?: FallbackRules
  /** @default the one that training.json names */
  readonly trainer?: Trainer
  /** Time of day, for lineage and history. @default () => new Date() */
  readonly clock?: () => Date
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: TrainProgress) => void
}

const trainNames = {
  version: true,
  promote: true,
  out: true,
  python: true,
  report: true,
  fallbacks: true,
  trainer: true,
  clock: true,
  signal: true,
  onProgress: true,
} as const satisfies OptionNames<TrainOptions>

/** What became of the version. */
export type TrainResult = {
  readonly version: string
  /** Whether every gate did. */
  readonly passed: boolean
  /** `development` where a gate failed; `production` where it was promoted. */
  readonly state: ModelState
  readonly record: RunRecord
  /** Absolute. */
  readonly outDir: string
}

/**
 * Reads and checks the data, trains with cross-validation, converts, quantizes, measures the finished artifact on rows that
 * training never saw, judges it by the gates of training.json, and registers it: as staging where all passed, else as
 * development. Nothing is written before the artifact is measured.
 * @throws VALIDATION_FAILED for training.json, service.json or rule; INPUT_INVALID for data; EXECUTION_FAILED where training fails;
 *   BACKEND_UNAVAILABLE without Python; PARITY_FAILED where the artifact answers otherwise than its source; `signal.reason`
 * @example
 * const { passed, record } = await trainModel('models/churn_predictor_v2', { promote: true })
 */
export async function trainModel(modelDir: string, options: TrainOptions = {}): Promise<TrainResult> {
  assertKnownOptions('', options, trainNames)
  const { signal } = options
  const say = (fraction: number, message: string): void => {
    signal?.throwIfAborted()
    options.onProgress?.({ fraction, message })
  }
  say(0, 'reading data')
  const folder = await readTrainingFolder(modelDir)
  const { config, table, split } = folder
  const version = options.version ?? config.version
  const outDir = outDirOf(folder, options.out)
  const facts = checkData(table, split)
  await assertRunnable(folder, { version, outDir, fallbacks: options.fallbacks })
  const trainer = options.trainer ?? (await openTrainer(folder, options))
  const trained = await trainer.train({
    config,
    modelDir: folder.path,
    features: table.features,
    rowCount: table.rowCount,
    target: table.target,
    trainRows: split.trainRows,
    folds: split.folds,
    heldOutRows: split.heldOutRows,
    seed: config.split.seed,
    ...(signal && { signal }),
    onProgress: (done, total, message) => say(0.05 + (0.5 * done) / Math.max(1, total), `training: ${message}`),
  })
  say(0.55, 'converting')
  const converted = await convertTrained(trained, {
    config,
    version,
    table,
    split,
    service: folder.service,
    hash: nodeSha256,
    ...(signal && { signal }),
    onProgress: (message) => say(0.6, `converting: ${message}`),
  })
  say(0.8, 'measuring on held-out rows')
  const production = await productionFiles(outDir)
  const measured = await measureRun({
    ...{ folder, version, trained, converted, facts, production },
    ...(options.fallbacks && { fallbacks: options.fallbacks }),
    machine: machineText(),
    now: () => performance.now(),
    ...(signal && { signal }),
  })
  say(0.95, 'registering')
  const passed = measured.record.gates.every((gate) => gate.passed)
  const store = await writeRun({
    ...{ folder, outDir, trained, converted, measured, passed },
    clock: options.clock ?? (() => new Date()),
    hasReport: options.report !== false,
  })
  if (options.promote === true && passed && (await store.production()) !== version)
    await store.promote(version, { reason: 'passed every gate of training' })
  const state = (await store.versions()).find((each) => each.version === version)?.state ?? 'development'
  say(1, passed ? `${config.name} ${version} passed every gate` : `${config.name} ${version} missed a gate`)
  return { version, passed, state, record: measured.record, outDir }
}

/** A model's folder has the name of the model. */
function outDirOf({ config, path }: TrainingFolder, out: string | undefined): string {
  if (out === undefined) return path
  return basename(resolve(out)) === config.name ? resolve(out) : resolve(out, config.name)
}

async function openTrainer({ config }: TrainingFolder, { python }: TrainOptions): Promise<Trainer> {
  if (config.trainer.kind === 'python') return createPythonTrainer(python === undefined ? {} : { python })
  const { createLayersTrainer } = await import('./layers/layers-trainer.ts')
  return createLayersTrainer()
}

async function productionFiles(outDir: string) {
  const version = await openModelStore(outDir)
    .then((store) => store.production())
    .catch(() => undefined)
  if (version === undefined) return undefined
  return { version, files: await readArtifactFolder(join(outDir, 'versions', version)) }
}

function machineText(): string {
  const [processor] = cpus()
  const model = processor?.model.trim() ?? 'unknown processor'
  return `${model}, ${cpus().length} logical cores, Node ${process.versions.node.split('.')[0]}, ${process.platform}`
}
