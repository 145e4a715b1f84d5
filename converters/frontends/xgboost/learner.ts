// The record of an XGBoost file in; what all boosters need of it, checked, out.

import type { BoosterRecord, BoosterValue } from '../../formats/xgboost/booster-value.ts'
import { xgboostLimitError, xgboostLimits } from '../../formats/xgboost/xgboost-limits.ts'
import { type Objective, objectiveOf } from './objective-table.ts'
import { RecordReader } from './record-reader.ts'
import { readWrapperMark, type WrapperMark } from './wrapper-mark.ts'

export type Learner = {
  readonly version: string
  readonly objectiveName: string
  readonly objective: Objective
  /** `learner_model_param`. */
  readonly params: RecordReader
  readonly booster: RecordReader
  /** As the file names them, or f0, f1, … */
  readonly featureNames: readonly string[]
  /** Answers, not margins: one for all outputs, or one each. */
  readonly baseScores: Float64Array
  readonly classCount: number
  readonly targetCount: number
  readonly wrapper: WrapperMark
}

export function readLearner(document: BoosterRecord): Learner {
  const version = versionOf(document.get('version'))
  const learner = new RecordReader(document, { path: '', version }).record('learner')
  const params = learner.record('learner_model_param')
  const objectiveName = learner.record('objective').text('name')
  const [classCount, targetCount] = [params.count('num_class', 0), params.count('num_target', 1)]
  const outputCount = Math.max(classCount, targetCount)
  if (outputCount > xgboostLimits.outputCount) throw xgboostLimitError('outputCount', outputCount)
  return {
    version,
    objectiveName,
    objective: objectiveOf(objectiveName, learner),
    params,
    booster: learner.record('gradient_booster'),
    featureNames: featureNamesOf(learner, params.count('num_feature')),
    baseScores: baseScoresOf(params),
    classCount,
    targetCount,
    wrapper: readWrapperMark(learner),
  }
}

/** [3, 4, 1]; the limits of what was read are stated with the table of boosters. */
function versionOf(value: BoosterValue | undefined): string {
  return value instanceof Float64Array && value.length === 3 && value.every(Number.isInteger)
    ? value.join('.')
    : 'unknown'
}

function featureNamesOf(learner: RecordReader, count: number): string[] {
  if (count > xgboostLimits.featureCount) throw xgboostLimitError('featureCount', count)
  if (count === 0) throw learner.unsupported('a model without features', 'Fit it on a table with columns.')
  const names = learner.texts('feature_names')
  if (names.length === 0) return Array.from({ length: count }, (_, i) => `f${i}`)
  if (names.length !== count) throw learner.corrupt('feature_names', `${count} names, one a feature`)
  if (new Set(names).size !== count) throw learner.corrupt('feature_names', 'names that differ')
  return names
}

/** `5E-1`, `[5E-1]` or `[1E0,2E0]`: a text in all versions, a list since 3.1. */
function baseScoresOf(params: RecordReader): Float64Array {
  const value = params.value('base_score')
  if (value instanceof Float64Array && value.length > 0) return value
  const text = typeof value === 'number' ? String(value) : params.text('base_score')
  const parts = text.replace(/^\s*\[(.*)\]\s*$/, '$1').split(',')
  const scores = Float64Array.from(parts, (part) => (part.trim() === '' ? Number.NaN : Math.fround(Number(part))))
  if (scores.every(Number.isFinite)) return scores
  throw params.corrupt('base_score', 'a number, or a list of numbers in brackets')
}
