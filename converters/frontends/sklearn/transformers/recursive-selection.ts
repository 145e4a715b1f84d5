// A fitted selector that tried sets of columns in; the columns that it keeps, or what its estimator makes of them, out.

import { defineEstimator } from '../estimator-spec.ts'
import { pathWithin } from '../place.ts'
import { keepColumns, readMask } from './column-selectors.ts'
import { takesOf } from './takes-missing.ts'

const trainingOnly = (names: string): Readonly<Record<string, string>> =>
  Object.fromEntries(names.split(' ').map((name) => [name, 'fitted into support_']))

/** Source: scikit-learn 1.9, feature_selection/_rfe.py; as the last step, its estimator predicts from what is kept. */
export const recursiveSelection = defineEstimator({
  names: ['RFE', 'RFECV'],
  role: 'transformer',
  notes: 'any estimator; as the last step, its estimator predicts',
  reads: ['support_', 'estimator', 'estimator_'],
  ignored: trainingOnly(
    'n_features_to_select step importance_getter verbose n_features_ ranking_ cv scoring n_jobs min_features_to_select ' +
      'cv_results_ grid_scores_',
  ),
  transform(reader, input, scope) {
    const takes = takesOf(reader.value('estimator'), reader.place)
    return keepColumns(readMask(reader, 'support_'), input, { reader, scope, takes })
  },
  predict(reader, input, scope) {
    const takes = takesOf(reader.value('estimator'), reader.place)
    const kept = keepColumns(readMask(reader, 'support_'), input, { reader, scope, takes })
    return scope.predict(reader.value('estimator_'), kept, pathWithin(reader.place, 'estimator_'))
  },
})

/** Source: scikit-learn 1.9, feature_selection/_sequential.py. */
export const sequentialSelection = defineEstimator({
  names: ['SequentialFeatureSelector'],
  role: 'transformer',
  notes: 'forward and backward, any estimator',
  reads: ['support_', 'estimator'],
  ignored: trainingOnly('n_features_to_select n_features_to_select_ tol direction scoring cv n_jobs'),
  transform(reader, input, scope) {
    const takes = takesOf(reader.value('estimator'), reader.place)
    return keepColumns(readMask(reader, 'support_'), input, { reader, scope, takes })
  },
})
