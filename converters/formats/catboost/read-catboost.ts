// Bytes of a JSON file that CatBoost saved in; its record, read but not understood, out.

import { createError } from '../../../src/errors.ts'
import { type BoosterRecord, describeBoosterValue, isBoosterRecord } from '../xgboost/booster-value.ts'
import { readJson } from '../xgboost/read-json.ts'
import { catboostLimitError, catboostLimits } from './catboost-limits.ts'

const file = 'the CatBoost JSON file'

/** @throws FILE_CORRUPT, LIMIT_EXCEEDED; UNSUPPORTED where the file holds no model of CatBoost */
export function readCatboost(bytes: Uint8Array): BoosterRecord {
  if (bytes.length > catboostLimits.byteLength) throw catboostLimitError('byteLength', bytes.length)
  const content = readJson(bytes, { file, limits: { ...catboostLimits, errorOf: catboostLimitError } })
  if (isBoosterRecord(content) && isCatboostRecord([...content.keys()])) return content
  throw createError(
    'UNSUPPORTED',
    `the file holds ${describeBoosterValue(content)} without features_info and trees, expected a model of CatBoost. ` +
      "Save it by model.save_model('model.json', format='json')",
  )
}

/** True for the names that a model of CatBoost has, in whatever order. */
export function isCatboostRecord(names: readonly string[]): boolean {
  return names.includes('features_info') && (names.includes('oblivious_trees') || names.includes('trees'))
}

const modelHead = /^(\xef\xbb\xbf)?\s*\{\s*"(ctr_data|features_info)"\s*:/

/** True where a JSON file begins as CatBoost begins it: names in the order of the alphabet. */
export function isCatboostJson(bytes: Uint8Array): boolean {
  return modelHead.test(String.fromCharCode(...bytes.subarray(0, 64)))
}
