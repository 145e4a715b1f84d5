// Estimators made of estimators: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'
import { calibratedClassifierCv } from './calibrated-classifier.ts'
import { fixedThresholdClassifier, tunedThresholdClassifierCv } from './decision-threshold.ts'
import { isotonicRegression } from './isotonic-regression.ts'
import { stackingClassifier, stackingRegressor } from './stacking.ts'
import { votingClassifier, votingRegressor } from './voting.ts'
import { frozenEstimator, searchCv, selfTrainingClassifier } from './wrapped-estimator.ts'

export const metaTable: readonly EstimatorSpec[] = [
  votingClassifier,
  votingRegressor,
  stackingClassifier,
  stackingRegressor,
  calibratedClassifierCv,
  isotonicRegression,
  searchCv,
  frozenEstimator,
  selfTrainingClassifier,
  fixedThresholdClassifier,
  tunedThresholdClassifierCv,
]
