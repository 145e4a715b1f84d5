// Bytes of a model.json in, whether they are somebody else's model out.

import { isJsonRecord, jsonKindOf } from '../formats/layers/json-kind.ts'

/**
 * True where it is no artifact of this library: layers models, XGBoost and CatBoost have files of the same name, and one may
 * be the very source. What is no JSON is no model of anybody.
 */
export function isForeignModel(bytes: Uint8Array): boolean {
  let content: unknown
  try {
    content = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return false
  }
  return !isJsonRecord(content) || jsonKindOf(content) !== 'artifact'
}
