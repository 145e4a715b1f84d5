// Bytes of a file that XGBoost saved in; the record of its model, read but not understood, out.

import { createError } from '../../../src/errors.ts'
import { type BoosterRecord, type BoosterValue, describeBoosterValue, isBoosterRecord } from './booster-value.ts'
import { readJson } from './read-json.ts'
import { readUbjson } from './read-ubjson.ts'
import { xgboostLimitError, xgboostLimits } from './xgboost-limits.ts'

export type XgboostFormat = 'xgboost-json' | 'xgboost-ubjson'

const readers = { 'xgboost-json': readJson, 'xgboost-ubjson': readUbjson } as const satisfies Record<
  XgboostFormat,
  (bytes: Uint8Array) => BoosterValue
>

/** @throws FILE_CORRUPT, LIMIT_EXCEEDED; UNSUPPORTED where the file holds no model of XGBoost */
export function readXgboost(bytes: Uint8Array, format: XgboostFormat): BoosterRecord {
  if (bytes.length > xgboostLimits.byteLength) throw xgboostLimitError('byteLength', bytes.length)
  const content = readers[format](bytes)
  // A snapshot of a booster in memory, as pickles hold it, has the model in a record beside its configuration.
  const model = isBoosterRecord(content) && content.has('Config') ? content.get('Model') : content
  if (isBoosterRecord(model) && model.has('learner')) return model
  throw createError(
    'UNSUPPORTED',
    `the file holds ${describeBoosterValue(content)} without "learner", expected a model of XGBoost. ` +
      'Save it by save_model of the Booster or estimator; a dump (dump_model) lacks what predicting needs',
  )
}

const modelHead = /^(\xef\xbb\xbf)?\s*\{\s*("learner"\s*:|"version"\s*:\s*\[\s*\d)/

/** True where a JSON file begins as XGBoost begins it: its own files have no other word first. */
export function isXgboostJson(bytes: Uint8Array): boolean {
  return modelHead.test(String.fromCharCode(...bytes.subarray(0, 64)))
}
