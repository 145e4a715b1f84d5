// The first bytes of a file, and its name, in; which format it has out.

import { createError, type MLError } from '../../src/errors.ts'
import { isCatboostJson, isCatboostRecord } from './catboost/read-catboost.ts'
import { type JsonKind, jsonKindOf, parseJsonObject } from './layers/json-kind.ts'
import { isSkops } from './skops/is-skops.ts'
import { unreadBoosters } from './unread-boosters.ts'
import { isXgboostJson } from './xgboost/read-xgboost.ts'

/** Formats that are read. */
export type FormatName =
  | 'pickle'
  | 'skops'
  | 'layers-model'
  | 'lightgbm'
  | 'xgboost-json'
  | 'xgboost-ubjson'
  | 'catboost'

/** Of the formats with a signature, those that are read; a layers model has none but that of JSON. */
const readBySignature = [
  'pickle',
  'skops',
  'lightgbm',
  'xgboost-json',
  'xgboost-ubjson',
  'catboost',
] as const satisfies readonly FormatName[]

type Signature = { readonly format: string; readonly matches: (bytes: Uint8Array, name: string) => boolean }

const zipMagic = [0x50, 0x4b, 0x03, 0x04]

/** 7-Zip, RAR and Zstandard. */
const archives = [
  [0x37, 0x7a, 0xbc, 0xaf],
  [0x52, 0x61, 0x72, 0x21],
  [0x28, 0xb5, 0x2f, 0xfd],
]

/** What `detectFormat` reads of a file at most. */
const headByteLength = 64

const signatures: readonly Signature[] = [
  { format: 'pickle', matches: (bytes) => bytes[0] === 0x80 && bytes[1] >= 2 && bytes[1] <= 5 },
  // Protocols 0 and 1 have no mark: a model starts by naming the function that rebuilds it, and then stores the name or
  // gives it arguments. Whatever function a file names is for the reader to judge.
  { format: 'pickle', matches: (bytes) => /^\(?c[\w.]+\n[\w.]+\n(p\d|q|[().SIKNUV])/.test(textOf(bytes)) },
  { format: 'pickle', matches: (bytes) => /^\((.{0,40}\n)?i[\w.]+\n[\w.]+\n/.test(textOf(bytes)) },
  { format: 'pickle', matches: (bytes) => /^\([ld]p\d+\n/.test(textOf(bytes)) },
  // Compressed by joblib, or by hand; the reader says which compressions it knows.
  {
    format: 'pickle',
    matches: (bytes) => bytes[0] === 0x78 && bytes.length > 1 && (bytes[0] * 256 + bytes[1]) % 31 === 0,
  },
  { format: 'pickle', matches: (bytes) => startsWith(bytes, [0x1f, 0x8b]) },
  { format: 'pickle', matches: (bytes) => startsWith(bytes, [0x42, 0x5a, 0x68]) },
  { format: 'pickle', matches: (bytes) => startsWith(bytes, [0xfd, 0x37, 0x7a, 0x58, 0x5a]) },
  { format: 'pickle', matches: (bytes) => startsWith(bytes, [0x5d, 0x00, 0x00]) },
  { format: 'pickle', matches: (bytes) => startsWith(bytes, [0x04, 0x22, 0x4d, 0x18]) },
  { format: 'pickle', matches: (bytes) => startsWith(bytes, [0x5a, 0x46]) },
  {
    format: "CatBoost binary (save_model writes JSON by format='json')",
    matches: (bytes) => textOf(bytes).startsWith('CBM1'),
  },
  { format: 'Keras HDF5', matches: (bytes) => startsWith(bytes, [0x89, 0x48, 0x44, 0x46]) },
  {
    format: 'Git LFS pointer (git lfs pull fetches the model)',
    matches: (bytes) => textOf(bytes).startsWith('version https://git-lfs'),
  },
  {
    format: 'HTML (a page in place of a download)',
    matches: (bytes) => /^\s*<(!doctype html|html)/i.test(textOf(bytes)),
  },
  { format: 'numpy array', matches: (bytes) => startsWith(bytes, [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]) },
  { format: 'archive (unpack it first)', matches: (bytes) => archives.some((magic) => startsWith(bytes, magic)) },
  { format: 'zip (Keras, PyTorch, or an archive to unpack first)', matches: (bytes) => startsWith(bytes, zipMagic) },
  ...unreadBoosters.map(({ format, begins }) => ({
    format,
    matches: (bytes: Uint8Array) => begins.test(textOf(bytes)),
  })),
  { format: 'lightgbm', matches: (bytes) => /^(\xef\xbb\xbf)?tree\r?\n/.test(textOf(bytes)) },
  { format: 'xgboost-ubjson', matches: (bytes) => startsWith(bytes, [0x7b, 0x4c]) },
  { format: 'xgboost-json', matches: isXgboostJson },
  { format: 'catboost', matches: isCatboostJson },
  { format: 'JSON', matches: (bytes) => /^(\xef\xbb\xbf)?\s*\{\s*"/.test(textOf(bytes)) },
  { format: 'ONNX', matches: (_, name) => /\.onnx$/i.test(name) },
  { format: 'TensorFlow SavedModel', matches: (_, name) => /\.pb$/i.test(name) },
]

/**
 * The format of a file; its bytes decide, and the name only where they cannot.
 * @throws UNSUPPORTED for formats that are known and not read, FORMAT_UNKNOWN for the rest.
 * @example
 * detectFormat(bytes, 'model.joblib') // 'pickle'
 */
export function detectFormat(bytes: Uint8Array, name: string): FormatName {
  const head = bytes.subarray(0, headByteLength)
  if (startsWith(head, zipMagic) && (/\.skops$/i.test(name) || isSkops(bytes))) return 'skops'
  const found = signatures.find(({ matches }) => matches(head, name))
  if (found?.format === 'JSON') return jsonFormat(bytes, name)
  const read = readBySignature.find((format) => format === found?.format)
  if (read !== undefined) return read
  if (found !== undefined) throw unread(found.format, name)
  const what = bytes.length === 0 ? 'is empty' : `starts with bytes ${hexOf(head.subarray(0, 8))}, which no format has`
  throw createError('FORMAT_UNKNOWN', `${name} ${what}. ${expected}`, { details: { file: name } })
}

function unread(format: string, name: string): MLError {
  return createError('UNSUPPORTED', `${name} is a file of format ${format}, which is not read. ${expected}`, {
    details: { file: name, format },
  })
}

const expected =
  'Expected a fitted scikit-learn estimator, saved by joblib.dump, pickle.dump or skops.io.dump, model.json of a tf.LayersModel, or a LightGBM, XGBoost or CatBoost model saved by save_model (of CatBoost as JSON).'

/** Which model a JSON file holds stands anywhere in it. */
function jsonFormat(bytes: Uint8Array, name: string): FormatName {
  const content = parseJsonObject(bytes, name)
  const kind = jsonKindOf(content)
  if (kind === 'layers-model') return kind
  // Written anew by another program, which may put other names first.
  if (kind === 'xgboost') return 'xgboost-json'
  if (isCatboostRecord(Object.keys(content))) return 'catboost'
  if (Object.hasOwn(content, 'tree_info') && Object.hasOwn(content, 'feature_infos'))
    throw unread('LightGBM dump (save_model writes the text that is read)', name)
  throw unreadJson(kind, name)
}

function unreadJson(kind: Exclude<JsonKind, 'layers-model' | 'xgboost'>, name: string): MLError {
  const details = { file: name, format: kind }
  switch (kind) {
    case 'artifact':
      return createError(
        'UNSUPPORTED',
        `${name} is an artifact of this library already: load it as it is (loadModel, tfjs-serving predict); to change it, convert its source again`,
        { details },
      )
    case 'graph-model':
      return createError(
        'UNSUPPORTED',
        `${name} is a TensorFlow.js graph model, which is not read: its layers are gone. Save the tf.LayersModel that it was made of (model.save), and convert that`,
        { details },
      )
    case 'unknown':
      return createError('FORMAT_UNKNOWN', `${name} is JSON that holds no model. ${expected}`, { details })
  }
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes)
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
}
