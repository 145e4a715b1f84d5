// The estimator of a selector in; whether the selector lets NaN and ±Infinity through, out.

import { PyObject, type PyValue } from '../../../formats/pickle/values.ts'
import { EstimatorReader } from '../estimator-reader.ts'
import { acceptsMissing, missingReads } from '../missing-in-trees.ts'
import type { Place } from '../place.ts'
import type { Takes } from './column-selectors.ts'
import { attributeOf } from './fitted-attributes.ts'

/** As the tag `allow_nan` of the estimator says; where it is set, nothing at all is looked at. */
export function takesOf(estimator: PyValue, place: Place): Takes {
  const takes = estimator instanceof PyObject && allowsMissing(estimator, place)
  return { nan: takes, infinite: takes }
}

function allowsMissing(estimator: PyObject, place: Place): boolean {
  if (/^(HistGradientBoosting|XGB|LGBM)/.test(estimator.name)) return true
  const members = attributeOf(estimator, 'estimators_')
  const isForest = /^(RandomForest|ExtraTrees)/.test(estimator.name)
  const tree = isForest && Array.isArray(members) ? members[0] : estimator
  if (!(tree instanceof PyObject) || !/^(Decision|Extra)Tree(Classifier|Regressor)$/.test(tree.name)) return false
  const known = { reads: missingReads, ignored: {}, ignoresOthers: 'the estimator is not converted here' }
  return acceptsMissing(new EstimatorReader(tree, { ...place, className: tree.name }, known), { isForest })
}
