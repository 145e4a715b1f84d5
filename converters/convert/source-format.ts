// Source files by name in, the one that holds the model and its format out.

import { createError } from '../../src/errors.ts'
import { detectFormat, type FormatName } from '../formats/detect.ts'

export type SourceFiles = Readonly<Record<string, Uint8Array>>

/** What a caller may name as `format`. */
export const sourceFormats = ['pickle'] as const satisfies readonly FormatName[]

export type SourceFormat = (typeof sourceFormats)[number]

export type DetectedSource = { readonly format: SourceFormat; readonly name: string; readonly bytes: Uint8Array }

/**
 * @throws FORMAT_UNKNOWN where no file, or more than one, could hold a model; UNSUPPORTED for formats that are known but
 * not read
 */
export function detectSource(files: SourceFiles, format: 'auto' | SourceFormat): DetectedSource {
  assertFiles(files)
  const entries = Object.entries(files)
  for (const [name, bytes] of entries) assertBytes(name, bytes)
  const models = entries.length === 1 ? entries : entries.filter(([name]) => /\.(pkl|pickle|joblib)$/i.test(name))
  if (models.length !== 1)
    throw createError(
      'FORMAT_UNKNOWN',
      `the source must be one model file, or a folder with one .pkl, .pickle or .joblib; got ${listed(models.length > 1 ? models : entries)}. Give the path of the model file itself`,
    )
  const [name, bytes] = models[0]
  return { format: format === 'auto' ? detectFormat(bytes, name) : format, name, bytes }
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

function listed(entries: readonly (readonly [name: string, bytes: Uint8Array])[]): string {
  const shown = entries.slice(0, 8).map(([name]) => name)
  return entries.length === 0 ? 'no files' : `${shown.join(', ')}${entries.length > shown.length ? ', …' : ''}`
}
