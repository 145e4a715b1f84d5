// A decision tree's own class, version and parameters in; whether scikit-learn lets NaN reach it out.

import type { EstimatorReader } from './estimator-reader.ts'
import { isSince } from './estimator-spec.ts'

/** Attributes that `acceptsMissing` reads. */
export const missingReads = ['criterion', 'splitter', 'monotonic_cst'] as const

const missingCriteria = new Set(['gini', 'log_loss', 'entropy', 'squared_error', 'friedman_mse', 'poisson'])

/**
 * `_support_missing_values` of sklearn/tree/_classes.py: single trees with the best splitter since 1.3, random splits
 * since 1.6, every criterion since 1.9 (`isForest`: forests since 1.4).
 */
export function acceptsMissing(tree: EstimatorReader, { isForest }: { readonly isForest: boolean }): boolean {
  const { version, className } = tree.place
  if (!isSince(version, 1, isForest ? 4 : 3)) return false
  if (!isSince(version, 1, 9)) {
    if (tree.valueOr('monotonic_cst', null) !== null) return false
    if (!missingCriteria.has(tree.string('criterion'))) return false
  }
  const splitter = tree.string('splitter')
  if (splitter === 'best') return className.startsWith('DecisionTree')
  if (splitter !== 'random' || !isSince(version, 1, 6)) return false
  // In 1.6 to 1.8 a slip keeps the tag of ExtraTreeRegressor as inherited, which is the same answer.
  return true
}
