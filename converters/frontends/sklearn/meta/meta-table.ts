// Estimators made of estimators: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'
import { adaBoostClassifier, adaBoostRegressor } from './ada-boost.ts'
import { baggingClassifier, baggingRegressor } from './bagging.ts'
import { classifierChain, regressorChain } from './chains.ts'
import { dummyClassifier, dummyRegressor } from './dummy.ts'
import { isolationForest } from './isolation-forest.ts'
import { multiOutputClassifier, multiOutputRegressor } from './multi-output.ts'
import { oneVsOneClassifier, outputCodeClassifier } from './one-vs-one.ts'
import { oneVsRestClassifier } from './one-vs-rest.ts'
import { transformedTargetRegressor } from './transformed-target.ts'
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
  adaBoostClassifier,
  adaBoostRegressor,
  baggingClassifier,
  baggingRegressor,
  classifierChain,
  regressorChain,
  dummyClassifier,
  dummyRegressor,
  isolationForest,
  multiOutputClassifier,
  multiOutputRegressor,
  oneVsOneClassifier,
  outputCodeClassifier,
  oneVsRestClassifier,
  transformedTargetRegressor,
]
