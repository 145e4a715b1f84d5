// Importances of columns and SelectFromModel's parameters in; scores, and the threshold that they must reach, out.

import { PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toNumber } from '../estimator-reader.ts'
import { isSince } from '../estimator-spec.ts'
import { attributeOf } from './fitted-attributes.ts'
import type { Importances } from './importances.ts'
import { pairwiseSum } from './pairwise-sum.ts'

/** One score a column: absolute values, or the norm over targets as numpy.linalg.norm has it. */
export function scoresOf({ values, rowCount }: Importances, width: number, order: number): Float64Array {
  if (rowCount === undefined) return values.map(Math.abs)
  const scores = new Float64Array(width)
  for (let column = 0; column < width; column++) {
    let score = order === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : 0
    for (let row = 0; row < rowCount; row++) {
      const size = Math.abs(values[row * width + column])
      if (order === Number.POSITIVE_INFINITY) score = Math.max(score, size)
      else if (order === Number.NEGATIVE_INFINITY) score = Math.min(score, size)
      else if (order === 0) score += size === 0 ? 0 : 1
      else score += order === 1 ? size : order === 2 ? size * size : size ** order
    }
    const isRoot = Number.isFinite(order) && order !== 0 && order !== 1
    scores[column] = isRoot ? (order === 2 ? Math.sqrt(score) : score ** (1 / order)) : score
  }
  return scores
}

/** Source: scikit-learn 1.9, feature_selection/_from_model.py, `_calculate_threshold`; 1.0 to 1.7 ask fewer estimators for L1. */
export function thresholdOf(reader: EstimatorReader, estimator: PyValue, scores: Float64Array): number {
  const given = reader.value('threshold')
  const threshold = given ?? (isSparseByPenalty(estimator, reader.place.version) ? 1e-5 : 'mean')
  if (typeof threshold !== 'string') return toNumber(threshold) ?? reader.fail('threshold', 'a number or a text')
  const [scale, reference] = threshold.includes('*') ? threshold.split('*', 2) : ['1', threshold]
  const factor = Number(scale.trim())
  const middle = reference.trim()
  if (scale.trim() === '' || Number.isNaN(factor) || (middle !== 'mean' && middle !== 'median'))
    throw reader.corrupt('threshold', 'mean, median or a multiple of them', describeValue(threshold))
  const value = middle === 'mean' ? pairwiseSum(scores) / scores.length : medianOf(scores)
  return factor * value
}

function medianOf(scores: Float64Array): number {
  const sorted = scores.toSorted()
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

function isSparseByPenalty(estimator: PyValue, version: string): boolean {
  if (!(estimator instanceof PyObject)) return false
  const { name } = estimator
  if (attributeOf(estimator, 'penalty') === 'l1' || name.includes('Lasso')) return true
  const isOne = (attribute: string): boolean => {
    const value = attributeOf(estimator, attribute)
    const ratios = Array.isArray(value) ? value : [value]
    return ratios.length > 0 && ratios.every((ratio) => Math.abs((toNumber(ratio) ?? 0) - 1) <= 1e-8 + 1e-5)
  }
  if (isSince(version, 1, 8)) {
    if (name === 'ElasticNet' || name === 'LogisticRegression') return isOne('l1_ratio')
    return name === 'ElasticNetCV' && isOne('l1_ratio_')
  }
  return isSince(version, 1, 1) && name.includes('ElasticNet') && (isOne('l1_ratio_') || isOne('l1_ratio'))
}
