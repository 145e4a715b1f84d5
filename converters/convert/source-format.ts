// Source files by name in, the one that holds the model and its format out.

import { createError } from '../../src/errors.ts'
import { detectFormat, type FormatName } from '../formats/detect.ts'
import { jsonKindOf, parseJsonObject } from '../formats/layers/json-kind.ts'
import { isCatboostJson } from '../formats/catboost/read-catboost.ts'
import { isXgboostJson } from '../formats/xgboost/read-xgboost.ts'
import { shardNamesOf } from '../formats/layers/weight-files.ts'

export type SourceFiles = Readonly<Record<string, Uint8Array>>

/** What a caller may name as `format`. */
export const sourceFormats = [
  'pickle',
  'skops',
  'layers-model',
  'lightgbm',
  'xgboost-json',
  'xgboost-ubjson',
  'catboost',
] as const satisfies readonly FormatName[]

export type SourceFormat = (typeof sourceFormats)[number]

export type DetectedSource = {
  readonly format: SourceFormat
  readonly name: string
  /** All bytes of the model: of a layers model model.json and its weight files, in the order of its manifest. */
  readonly bytes: Uint8Array
  readonly files: SourceFiles
}

/**
 * @throws FORMAT_UNKNOWN where no file, or more than one, could hold a model; UNSUPPORTED for formats that are known but
 * not read
 */
export function detectSource(files: SourceFiles, format: 'auto' | SourceFormat): DetectedSource {
  assertFiles(files)
  const entries = Object.entries(files)
  for (const [name, bytes] of entries) assertBytes(name, bytes)
  const models = modelFiles(entries)
  if (models.length !== 1)
    throw createError(
      'FORMAT_UNKNOWN',
      `the source must be one model file, or a folder with one .pkl, .pickle, .joblib or .skops, or with the model.json of a tf.LayersModel; got ${listed(models.length > 1 ? models : entries)}. Give the path of the model file itself`,
    )
  const [name, bytes] = models[0]
  const found = format === 'auto' ? detectFormat(bytes, name) : format
  return { format: found, name, bytes: found === 'layers-model' ? withShards(name, files) : bytes, files }
}

type Entry = readonly [name: string, bytes: Uint8Array]

/** One file is the model whatever its name; in a folder names tell, and pickles go before JSON, which may be anything. */
function modelFiles(entries: readonly Entry[]): readonly Entry[] {
  if (entries.length === 1) return entries
  const pickles = entries.filter(([name]) => /\.(pkl|pickle|joblib|skops)$/i.test(name))
  if (pickles.length > 0) return pickles
  const binaries = entries.filter(([name]) => /\.(ubj|ubjson)$/i.test(name))
  if (binaries.length > 0) return binaries
  const texts = entries.filter(([name, bytes]) => /\.(txt|lgb|model)$/i.test(name) && isLightgbm(bytes))
  if (texts.length > 0) return texts
  const documents = entries.filter(([name]) => /\.json$/i.test(name))
  const standard = documents.filter(([name]) => name === 'model.json')
  return standard.length > 0 ? standard : documents
}

/** Many texts lie beside models: the first line tells. */
function isLightgbm(bytes: Uint8Array): boolean {
  return [...'tree'].every((letter, i) => bytes[i] === letter.charCodeAt(0)) && (bytes[4] === 0x0a || bytes[4] === 0x0d)
}

function withShards(name: string, files: SourceFiles): Uint8Array {
  const shards = shardNamesOf(parseJsonObject(files[name], name)).filter((shard) => Object.hasOwn(files, shard))
  const parts = [name, ...new Set(shards)].map((part) => files[part])
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/** True for the model.json of an artifact of this library, or of one that was. */
export function isArtifactFiles(files: SourceFiles): boolean {
  if (!Object.hasOwn(files, 'model.json')) return false
  if (isXgboostJson(files['model.json']) || isCatboostJson(files['model.json'])) return false
  try {
    return !['layers-model', 'xgboost'].includes(jsonKindOf(parseJsonObject(files['model.json'], 'model.json')))
  } catch {
    return true // the reader of artifacts says what is wrong with it
  }
}

/** @throws INPUT_INVALID where `files` are no files by name */
export function assertFiles(files: unknown): void {
  if (typeof files === 'object' && files !== null && !Array.isArray(files) && !ArrayBuffer.isView(files)) return
  const got = ArrayBuffer.isView(files) ? 'bytes without a name' : files === null ? 'null' : typeof files
  throw createError(
    'INPUT_INVALID',
    `the source must be the path of a file or folder, or bytes by file name such as { 'model.joblib': bytes }, got ${got}`,
  )
}

function assertBytes(name: string, bytes: unknown): void {
  if (bytes instanceof Uint8Array) return
  throw createError('INPUT_INVALID', `file ${name} of the source must be a Uint8Array, got ${typeof bytes}`)
}

function listed(entries: readonly Entry[]): string {
  const shown = entries.slice(0, 8).map(([name]) => name)
  return entries.length === 0 ? 'no files' : `${shown.join(', ')}${entries.length > shown.length ? ', …' : ''}`
}
