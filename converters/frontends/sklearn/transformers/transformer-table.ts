// Transformers of numbers and categories, and selectors of columns: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'
import { binarizer } from './binarizer.ts'
import { iterativeImputer } from './iterative-imputer.ts'
import { kBinsDiscretizer } from './k-bins-discretizer.ts'
import { labelBinarizer } from './label-binarizer.ts'
import { labelEncoder } from './label-encoder.ts'
import { factorAnalysis, sparsePca } from './latent-factors.ts'
import { maxAbsScaler } from './max-abs-scaler.ts'
import { missingIndicator } from './missing-indicator.ts'
import { neighborhoodComponents } from './neighborhood-components.ts'
import { normalizer } from './normalizer.ts'
import { pca } from './pca.ts'
import { polynomialFeatures } from './polynomial-features.ts'
import { powerTransformer } from './power-transformer.ts'
import { quantileTransformer } from './quantile-transformer.ts'
import { randomProjection } from './random-projection.ts'
import { randomTreesEmbedding } from './random-trees-embedding.ts'
import { recursiveSelection, sequentialSelection } from './recursive-selection.ts'
import { selectFromModel } from './select-from-model.ts'
import { splineTransformer } from './spline-transformer.ts'
import { targetEncoder } from './target-encoder.ts'
import { fastIca, truncatedSvd } from './truncated-svd.ts'
import { univariateSelectors } from './univariate-selection.ts'
import { varianceThreshold } from './variance-threshold.ts'

export const transformerTable: readonly EstimatorSpec[] = [
  maxAbsScaler,
  normalizer,
  binarizer,
  polynomialFeatures,
  kBinsDiscretizer,
  powerTransformer,
  quantileTransformer,
  splineTransformer,
  targetEncoder,
  missingIndicator,
  iterativeImputer,
  labelEncoder,
  labelBinarizer,
  pca,
  truncatedSvd,
  factorAnalysis,
  sparsePca,
  neighborhoodComponents,
  randomProjection,
  randomTreesEmbedding,
  fastIca,
  ...univariateSelectors,
  varianceThreshold,
  selectFromModel,
  recursiveSelection,
  sequentialSelection,
]
