// What the scikit-learn interface of XGBoost leaves in the files it saves in; what its answers need of it, checked, out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import {
  type BoosterRecord,
  type BoosterValue,
  isBoosterList,
  isBoosterRecord,
} from '../../formats/xgboost/booster-value.ts'
import { readJson } from '../../formats/xgboost/read-json.ts'
import type { RecordReader } from './record-reader.ts'

/** Parameters of the wrapper stand in files of 1.0 to 1.7, and are what `load_model` of those versions sets again. */
export type WrapperMark = {
  /**
   * Number of boosting rounds that answer; undefined where all do. Booster.predict uses all; the scikit-learn interface,
   * which leaves its mark in the file, those up to the best one of early stopping (`_get_iteration_range` in sklearn.py).
   */
  readonly roundCount: number | undefined
  /** Trees that a round has for each output, where it stands with the best round: files before 1.6 have it nowhere else. */
  readonly parallelTreeCount: number | undefined
  /** The number that is missing, besides NaN. */
  readonly missing: number | undefined
  /** Labels by class, of versions that took others than the numbers of classes. */
  readonly labels: readonly Scalar[] | undefined
}

const noMark: WrapperMark = {
  roundCount: undefined,
  parallelTreeCount: undefined,
  missing: undefined,
  labels: undefined,
}

/** @throws FILE_CORRUPT */
export function readWrapperMark(learner: RecordReader): WrapperMark {
  if (!learner.has('attributes')) return noMark
  const attributes = learner.record('attributes')
  if (!attributes.has('scikit_learn')) return noMark
  const wrapper = recordOf(attributes.text('scikit_learn'))
  const missing = wrapper?.get('missing')
  return {
    ...bestRoundOf(attributes, wrapper),
    missing: typeof missing === 'number' && !Number.isNaN(missing) ? missing : undefined,
    labels: labelsOf(wrapper?.get('_le')),
  }
}

function recordOf(text: string): BoosterRecord | undefined {
  const value = readJson(new TextEncoder().encode(text), { file: 'attribute scikit_learn of the XGBoost file' })
  return isBoosterRecord(value) ? value : undefined
}

function bestRoundOf(attributes: RecordReader, wrapper: BoosterRecord | undefined) {
  if (!attributes.has('best_iteration')) return { roundCount: undefined, parallelTreeCount: undefined }
  const roundCount = attributes.count('best_iteration') + 1
  // With the attributes since 1.4.
  const limit = attributes.has('best_ntree_limit')
    ? attributes.count('best_ntree_limit')
    : wrapper?.get('best_ntree_limit')
  const parallelTreeCount = typeof limit === 'number' ? Math.floor(limit / roundCount) : 0
  return { roundCount, parallelTreeCount: parallelTreeCount >= 1 ? parallelTreeCount : undefined }
}

/** `classes_` of the encoder of labels. */
function labelsOf(encoder: BoosterValue | undefined): readonly Scalar[] | undefined {
  const classes = isBoosterRecord(encoder) ? encoder.get('classes_') : undefined
  if (classes instanceof Float64Array) return [...classes]
  const isScalar = (entry: BoosterValue): entry is Scalar => ['string', 'number', 'boolean'].includes(typeof entry)
  return isBoosterList(classes) && classes.every(isScalar) ? classes : undefined
}
