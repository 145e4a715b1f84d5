// What a caller of convertModel asks for in, every choice settled and checked out.

import type { TrainingRecord } from '../../src/artifact/metadata.ts'
import { trainingShape } from '../../src/artifact/metadata-shape.ts'
import type { Hash } from '../../src/artifact/sha256.ts'
import { issueText } from '../../src/artifact/shape.ts'
import { isVersion } from '../../src/artifact/version.ts'
import { createError } from '../../src/errors.ts'
import type { GoldenRows } from '../check/golden-rows.ts'
import { isRecord } from '../check/golden-rows.ts'
import { answerPartNames } from '../check/answer-difference.ts'
import type { EvaluationRows } from '../check/evaluate.ts'
import type { ToleranceOption } from '../check/tolerance.ts'
import type { Gates } from '../gates/gate.ts'
import { assertGates } from '../gates/gates.ts'
import type { AccuracyBudget } from '../quantize/accuracy-budget.ts'
import { type QuantizeMode, quantizeModes } from '../quantize/quantize-mode.ts'
import { assertFeatureNotes, type FeatureNote } from './annotate.ts'
import { type SourceFormat, sourceFormats } from './source-format.ts'

export type ConvertStage = 'read' | 'parse' | 'quantize' | 'write' | 'check' | 'done'

export type ConvertProgress = { readonly stage: ConvertStage; readonly fraction: number; readonly message: string }

export type ConvertOptions = {
  /** Folder to write the artifact to: in one step where it is new or empty. */
  readonly outDir?: string
  /** Letters, digits, `_` and `-`. @default the source's file name, without what it may not have */
  readonly name?: string
  /** A semantic version. @default '1.0.0' */
  readonly version?: string
  /** @default 'auto' */
  readonly format?: 'auto' | SourceFormat
  /** @default 'uint8' */
  readonly quantize?: QuantizeMode
  /** Rows with what the source framework answered: a JSON file or its content. Compared, never used to round weights. */
  readonly golden?: string | GoldenRows
  /** Largest absolute differences from golden answers, part by part. @default what the mode promises */
  readonly tolerance?: ToleranceOption
  /** True: golden rows are stored in the artifact as its check rows. They may hold personal data. @default false */
  readonly storeGolden?: boolean
  /** Rows to round weights for: a JSON file or `{ rows }`. @default made up from what the model knows of its features */
  readonly calibration?: string | { readonly rows: readonly unknown[] }
  /** Rows with known truth to measure accuracy on: a JSON file or `{ rows, truth }`. */
  readonly evaluation?: string | EvaluationRows
  /** What quantizing may cost on calibration and evaluation rows: weights are stored wider until it costs no more. */
  readonly accuracyBudget?: AccuracyBudget
  /** Bounds of size, accuracy and answers, for CI: where one is missed the call throws, and nothing is written. */
  readonly gates?: Gates
  /**
   * What the source does not know of its features: shown to callers, and ranges tell which rows to
   * round weights for; rows are never refused for them.
   */
  readonly features?: readonly FeatureNote[]
  /** How the source came to be: stored in the artifact as it is. */
  readonly training?: TrainingRecord
  /** True: `features.d.ts`, the types of rows and predictions, is among the files. @default false */
  readonly types?: boolean
  /** Backend that the finished files are checked on. @default 'wasm', or 'cpu' where that does not start */
  readonly backend?: 'wasm' | 'cpu'
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: ConvertProgress) => void
  /** @default SHA-256 in JavaScript; a faster one must give the same */
  readonly hash?: Hash
}

export type ResolvedConvertOptions = ConvertOptions &
  Required<Pick<ConvertOptions, 'version' | 'format' | 'quantize' | 'storeGolden'>>

const knownNames = {
  outDir: 'string',
  name: 'string',
  version: 'string',
  format: 'string',
  quantize: 'string',
  golden: 'any',
  tolerance: 'object',
  storeGolden: 'boolean',
  calibration: 'any',
  evaluation: 'any',
  accuracyBudget: 'object',
  gates: 'any',
  features: 'any',
  training: 'any',
  types: 'boolean',
  backend: 'string',
  signal: 'object',
  onProgress: 'function',
  hash: 'function',
} as const satisfies Record<keyof ConvertOptions, string>

/** @throws INPUT_INVALID where an option is unknown or has a value that it cannot have */
export function resolveConvertOptions(options: ConvertOptions = {}): ResolvedConvertOptions {
  if (!isRecord(options)) throw createError('INPUT_INVALID', 'options of convertModel must be an object')
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(knownNames, name))
      throw invalid(name, `an option of convertModel (${Object.keys(knownNames).join(', ')})`, value)
    const type = knownNames[name as keyof ConvertOptions]
    if (value !== undefined && type !== 'any' && typeof value !== type) throw invalid(name, `of type ${type}`, value)
  }
  const { version = '1.0.0', format = 'auto', quantize = 'uint8', storeGolden = false } = options
  if (!isVersion(version)) throw invalid('version', 'a semantic version such as 2.1.0', version)
  if (format !== 'auto') assertOneOf('format', format, ['auto', ...sourceFormats])
  assertOneOf('quantize', quantize, quantizeModes)
  if (options.backend !== undefined) assertOneOf('backend', options.backend, ['wasm', 'cpu'])
  if (options.name !== undefined && !isModelName(options.name))
    throw invalid('name', 'letters, digits, _ and -, at most 128, beginning with a letter or digit', options.name)
  if (options.signal !== undefined && typeof options.signal?.throwIfAborted !== 'function')
    throw invalid('signal', 'an AbortSignal', options.signal)
  if (options.outDir === '') throw invalid('outDir', 'a path', options.outDir)
  if (storeGolden && options.golden === undefined)
    throw invalid('storeGolden', 'given together with golden', storeGolden)
  assertTolerance(options.tolerance)
  if (options.tolerance !== undefined && options.golden === undefined)
    throw invalid('tolerance', 'given together with golden, whose answers it is about', options.tolerance)
  assertBudget(options)
  assertGates(options.gates, options)
  if (options.features !== undefined) assertFeatureNotes(options.features)
  const issue = options.training === undefined ? undefined : trainingShape.issueOf(options.training)
  if (issue !== undefined) throw createError('INPUT_INVALID', `option training of convertModel ${issueText(issue)}`)
  return { ...options, version, format, quantize, storeGolden }
}

export function isModelName(name: string): boolean {
  return /^[A-Za-z0-9][\w-]{0,127}$/.test(name)
}

/** A model name made of a file's: `models/churn v2.pkl.gz` gives `churn_v2`. */
export function modelNameOf(file: string): string {
  const base = file.split(/[\\/]/).at(-1) ?? ''
  const stem = base.replace(/(?<=.)\.[^.]*$/, '').replace(/\.(pkl|pickle|joblib)$/i, '')
  const name = stem.replace(/[^A-Za-z0-9_-]+/g, '_').replace(/^[_-]+|_+$/g, '')
  return isModelName(name) ? name : 'model'
}

function assertTolerance(tolerance: ToleranceOption | undefined): void {
  if (tolerance === undefined) return
  if (!isRecord(tolerance))
    throw invalid('tolerance', `an object with some of ${answerPartNames.join(', ')}`, tolerance)
  for (const [part, value] of Object.entries(tolerance)) {
    if (!(answerPartNames as readonly string[]).includes(part))
      throw invalid(`tolerance.${part}`, `one of ${answerPartNames.join(', ')}`, part)
    if (typeof value !== 'number' || !(value >= 0)) throw invalid(`tolerance.${part}`, 'a number of at least 0', value)
  }
}

function assertBudget({ accuracyBudget, calibration, evaluation }: ConvertOptions): void {
  if (accuracyBudget === undefined) return
  if (!isRecord(accuracyBudget)) throw invalid('accuracyBudget', 'an object with flips, metricLoss or both', null)
  for (const [part, value] of Object.entries(accuracyBudget)) {
    const at = `accuracyBudget.${part}`
    if (part !== 'flips' && part !== 'metricLoss') throw invalid(at, 'flips or metricLoss', part)
    if (value === undefined) continue
    if (typeof value !== 'number' || !(value >= 0)) throw invalid(at, 'a number of at least 0', value)
    const [name, rows] = part === 'flips' ? ['calibration', calibration] : ['evaluation', evaluation]
    if (rows === undefined) throw invalid(at, `given together with ${name}, the rows that it is measured on`, value)
  }
}

function assertOneOf(name: string, value: string, allowed: readonly string[]): void {
  if (!allowed.includes(value)) throw invalid(name, `one of ${allowed.join(', ')}`, value)
}

function invalid(name: string, expectation: string, got: unknown): Error {
  const shown = typeof got === 'object' || typeof got === 'function' ? typeof got : JSON.stringify(got)
  return createError('INPUT_INVALID', `option ${name} of convertModel must be ${expectation}, got ${shown}`, {
    details: { option: name },
  })
}
