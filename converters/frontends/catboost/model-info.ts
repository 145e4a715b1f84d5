// The record of a CatBoost file in; its loss, class labels and version out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import {
  type BoosterRecord,
  type BoosterValue,
  isBoosterList,
  isBoosterRecord,
} from '../../formats/xgboost/booster-value.ts'
import { readJson } from '../../formats/xgboost/read-json.ts'
import type { RecordReader } from '../xgboost/record-reader.ts'

export type ModelInfo = {
  readonly version: string
  readonly loss: string
  readonly labels: readonly Scalar[] | undefined
}

/** Tag of the commit that it was built of: `tags/v1.2.10`. */
export function versionOf(document: BoosterRecord): string {
  const info = document.get('model_info')
  const text = isBoosterRecord(info) ? info.get('catboost_version_info') : undefined
  const [, version = 'unknown'] = (typeof text === 'string' && /tags\/v(\d{1,4}(?:\.\d{1,4}){1,3})\b/.exec(text)) || []
  return version
}

export function readModelInfo(model: RecordReader): ModelInfo {
  const info = model.record('model_info')
  const threshold = info.value('binclass_probability_threshold')
  if (threshold !== undefined && Number(threshold) !== 0.5)
    throw info.unsupported(
      'a probability threshold of its own',
      'Call model.set_probability_threshold(0.5), save again, and compare the probability with your threshold.',
    )
  const params = opened(info.value('params'))
  // The sum of several models has no parameters, but the loss that they share.
  const loss = opened(params?.get('loss_function') ?? info.value('loss_function'))?.get('type')
  if (typeof loss !== 'string') throw info.corrupt('params', 'a record with the loss of the model')
  return { version: model.version, loss, labels: readLabels(opened(info.value('class_params')), info) }
}

/** A record, or one that is written as a text. */
function opened(value: BoosterValue | undefined): BoosterRecord | undefined {
  const content =
    typeof value === 'string' && value.startsWith('{')
      ? readJson(new TextEncoder().encode(value), { file: 'a record in the CatBoost file' })
      : value
  return isBoosterRecord(content) ? content : undefined
}

/** `class_names` in the order of the raw columns; where there are none, the numbers of `class_to_label`. */
function readLabels(classes: BoosterRecord | undefined, info: RecordReader): readonly Scalar[] | undefined {
  const [names, numbers] = [classes?.get('class_names'), classes?.get('class_to_label')].map(scalarsOf)
  const labels = names !== undefined && names.length > 0 ? names : numbers
  if (labels === undefined || labels.length === 0) return undefined
  if (new Set(labels).size === labels.length && labels.every((label) => label === label)) return labels
  throw info.corrupt('class_params', 'labels that differ', 'a repeated one')
}

function scalarsOf(value: BoosterValue | undefined): readonly Scalar[] | undefined {
  if (value instanceof Float64Array) return [...value]
  const isScalar = (entry: BoosterValue): entry is Scalar => ['string', 'number', 'boolean'].includes(typeof entry)
  return isBoosterList(value) && value.every(isScalar) ? value : undefined
}
