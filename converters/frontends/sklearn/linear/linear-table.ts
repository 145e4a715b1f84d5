// Linear models and support vector machines: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'
import { bayesianRegressor } from './bayesian-regressor.ts'
import { coordinateDescent } from './coordinate-descent.ts'
import { generalizedLinear } from './generalized-linear.ts'
import { leastAngle } from './least-angle.ts'
import { ransacRegressor } from './ransac-regressor.ts'
import { ridgeCv } from './ridge-cv.ts'
import { linearClassifier } from './linear-classifier.ts'
import { stochasticClassifier } from './stochastic-classifier.ts'
import { ridgeClassifier } from './ridge-classifier.ts'
import { oneClassStochastic } from './one-class-stochastic.ts'
import { supportVectorClassifier } from './support-vector-classifier.ts'
import { supportVectorRegressor } from './support-vector-regressor.ts'
import { oneClassSvm } from './one-class-svm.ts'
import { partialLeastSquares, partialLeastSquaresSvd } from './partial-least-squares.ts'
import { robustRegressor } from './robust-regressor.ts'
import { stochasticRegressor } from './stochastic-regressor.ts'

export const linearTable: readonly EstimatorSpec[] = [
  ridgeCv,
  coordinateDescent,
  leastAngle,
  bayesianRegressor,
  robustRegressor,
  stochasticRegressor,
  generalizedLinear,
  ransacRegressor,
  linearClassifier,
  stochasticClassifier,
  ridgeClassifier,
  oneClassStochastic,
  supportVectorClassifier,
  supportVectorRegressor,
  oneClassSvm,
  partialLeastSquares,
  partialLeastSquaresSvd,
]
