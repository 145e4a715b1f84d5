// Neighbours, naive Bayes, discriminants, clusters and mixtures: their specs.

import type { EstimatorSpec } from '../estimator-spec.ts'
import { bisectingKMeans } from './bisecting-k-means.ts'
import { categoricalNaiveBayes } from './categorical-naive-bayes.ts'
import { bernoulliNaiveBayes, complementNaiveBayes, multinomialNaiveBayes } from './discrete-naive-bayes.ts'
import { bayesianGaussianMixture, gaussianMixture } from './gaussian-mixture.ts'
import { gaussianNaiveBayes } from './gaussian-naive-bayes.ts'
import { nystroem, rbfSampler } from './kernel-maps.ts'
import { binaryGaussianProcess, gaussianProcessClassifier } from './gaussian-process-classifier.ts'
import { gaussianProcessRegressor } from './gaussian-process-regressor.ts'
import { kernelPca } from './kernel-pca.ts'
import { kernelRidge } from './kernel-ridge.ts'
import { kMeans } from './k-means.ts'
import { kNeighborsClassifier, kNeighborsRegressor } from './k-neighbors.ts'
import { kNeighborsImputer } from './k-neighbors-imputer.ts'
import { linearDiscriminant } from './linear-discriminant.ts'
import { localOutlierFactor } from './local-outlier-factor.ts'
import { additiveChi2Sampler, skewedChi2Sampler } from './chi2-samplers.ts'
import { affinityPropagation, birch, meanShift } from './nearest-center.ts'
import { nearestCentroid } from './nearest-centroid.ts'
import { radiusNeighborsClassifier, radiusNeighborsRegressor } from './radius-neighbors.ts'
import { quadraticDiscriminant } from './quadratic-discriminant.ts'

export const instanceTable: readonly EstimatorSpec[] = [
  kNeighborsClassifier,
  kNeighborsRegressor,
  radiusNeighborsClassifier,
  radiusNeighborsRegressor,
  kNeighborsImputer,
  localOutlierFactor,
  nearestCentroid,
  gaussianNaiveBayes,
  multinomialNaiveBayes,
  complementNaiveBayes,
  bernoulliNaiveBayes,
  categoricalNaiveBayes,
  linearDiscriminant,
  quadraticDiscriminant,
  kMeans,
  bisectingKMeans,
  meanShift,
  affinityPropagation,
  birch,
  gaussianMixture,
  bayesianGaussianMixture,
  gaussianProcessRegressor,
  gaussianProcessClassifier,
  binaryGaussianProcess,
  kernelRidge,
  kernelPca,
  nystroem,
  rbfSampler,
  skewedChi2Sampler,
  additiveChi2Sampler,
]
