// A fitted SelectFromModel in; the columns that count enough in its estimator out.

import { PyGlobal, PyObject } from '../../../formats/pickle/values.ts'
import { describeValue, type EstimatorReader, toNumber } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { pathWithin, unsupported } from '../place.ts'
import { keepColumns } from './column-selectors.ts'
import { scoresOf, thresholdOf } from './importance-threshold.ts'
import { importancesOf } from './importances.ts'
import { takesOf } from './takes-missing.ts'

/** Source: scikit-learn 1.9, feature_selection/_from_model.py, `_get_support_mask`: asked of the estimator as it transforms. */
export const selectFromModel = defineEstimator({
  names: ['SelectFromModel'],
  role: 'transformer',
  notes:
    'coefficients, trees, forests and boosting; every threshold, max_features, norm_order, importance_getter by name',
  reads: ['estimator', 'estimator_', 'threshold', 'importance_getter', 'norm_order', 'max_features', 'max_features_'],
  ignored: { prefit: 'whether estimator_ is there says so' },
  transform(reader, input, scope) {
    const { place } = reader
    const estimator = reader.has('estimator_') ? reader.value('estimator_') : reader.value('estimator')
    if (!(estimator instanceof PyObject)) return reader.fail('estimator_', 'an estimator')
    const getter = reader.value('importance_getter')
    if (typeof getter !== 'string')
      throw unsupported(place, `importance_getter=${describeValue(getter)}`, 'Supported are auto and attribute names.')
    const width = input.columns.length
    const path = pathWithin(place, estimator.name)
    const importances = importancesOf(estimator, getter, { width, place: { ...place, path } })
    const scores = scoresOf(importances, width, reader.number('norm_order'))
    const threshold = thresholdOf(reader, estimator, scores)
    const most = mostOf(reader)
    // mergesort of −scores: the first of equals comes first
    const order = [...scores.keys()].sort((a, b) => scores[b] - scores[a] || a - b)
    const candidates = new Set(most === undefined ? order : order.slice(0, most))
    const mask = Array.from(scores, (score, i) => candidates.has(i) && !(score < threshold))
    return keepColumns(mask, input, { reader, scope, takes: takesOf(estimator, place) })
  },
})

function mostOf(reader: EstimatorReader): number | undefined {
  const given = reader.value('max_features')
  if (given === null) return undefined
  const most = toNumber(reader.valueOr('max_features_', given))
  if (most !== undefined && Number.isSafeInteger(most) && most >= 0) return most
  if (given instanceof PyGlobal || given instanceof PyObject)
    throw unsupported(
      reader.place,
      `max_features=${describeValue(given)}`,
      'Fit the selector itself, or give a number.',
    )
  return reader.fail('max_features', 'a count')
}
