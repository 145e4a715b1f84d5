import { describe, expect, it } from 'vitest'
import { NdArray, PyGlobal, PyObject, type PyValue } from '../../../../../converters/formats/pickle/values.ts'
import { sklearnToSourceModel } from '../../../../../converters/frontends/sklearn/to-source-model.ts'
import { surviveChanges, withAttribute } from '../golden-documents.ts'

/** One of each reader. */
const names = [
  'k_neighbors_classifier',
  'k_neighbors_classifier_minkowski',
  'k_neighbors_regressor_targets',
  'local_outlier_factor',
  'nearest_centroid',
  'gaussian_nb',
  'bernoulli_nb',
  'complement_nb',
  'categorical_nb',
  'linear_discriminant_transform',
  'quadratic_discriminant',
  'k_means_transform',
  'gaussian_mixture',
  'bayesian_gaussian_mixture',
  'knn_imputer_distance',
  'bisecting_k_means',
  'radius_neighbors_classifier_targets',
  'rbf_sampler',
  'nystroem_poly',
  'kernel_ridge_poly',
  'kernel_pca_rbf',
  'gaussian_process_periodic',
  'gaussian_process_classifier',
  'iterative_imputer_trees',
  'iterative_imputer_keep_empty',
  'random_trees_embedding_dense',
  'factor_analysis',
  'sparse_pca',
  'birch',
  'additive_chi2_sampler',
  'skewed_chi2_sampler',
].map((name) => `1.9/${name}`)

describe('a mutated neighbours, Bayes, discriminant or cluster model', () => {
  it.each(names)('%s ends in a named error or a model', (name) => {
    surviveChanges(name, { seed: 9, count: 200 })
  })
})

describe('a neighbours, Bayes, discriminant or cluster model that is not supported', () => {
  it.each<[string, string, PyValue, RegExp]>([
    ['k_neighbors_classifier', 'weights', new PyGlobal('__main__', 'own'), /weights=__main__\.own is not supported/],
    ['k_neighbors_classifier', 'effective_metric_', new PyGlobal('__main__', 'own'), /metric that is __main__\.own/],
    ['k_neighbors_classifier', 'effective_metric_', 'haversine', /metric haversine is not supported/],
    ['k_neighbors_classifier', '_fit_X', new PyObject('scipy.sparse._csr', 'csr_matrix', []), /csr_matrix.*dense/],
    ['knn_imputer', 'weights', new PyGlobal('__main__', 'own'), /weights=__main__\.own is not supported/],
    ['knn_imputer', 'metric', new PyGlobal('__main__', 'own'), /metric __main__\.own is not supported/],
    ['local_outlier_factor', 'novelty', false, /novelty=False is not supported.*novelty=True/],
    ['nearest_centroid', 'metric', 'cosine', /metric "cosine" is not supported/],
    ['linear_discriminant_eigen_transform', 'solver', 'lsqr', /solver=lsqr as a transformer/],
    ['nystroem_poly', 'kernel', 'precomputed', /kernel="precomputed" is not supported/],
    ['kernel_ridge_cosine', 'kernel', 'precomputed', /kernel="precomputed" is not supported/],
    ['kernel_ridge_poly', 'degree', 1.5, /degree=1.5 is not supported/],
    ['iterative_imputer', 'sample_posterior', true, /sample_posterior=True is not supported.*fit it without/],
    ['radius_neighbors_classifier_targets', 'outlier_label_', [8, 3], /outlier_label=8, which is no class/],
    [
      'k_means',
      'cluster_centers_',
      new NdArray('f', 8, [1, 4], Float64Array.of(1e200, 1, 1, 1)),
      /linear, field bias: must hold finite numbers, got -Infinity/,
    ],
    ['gaussian_mixture', 'covariance_type', 'block', /covariance_type=block is not supported/],
  ])('%s with another %s is refused by name', (name, attribute, value, message) => {
    expect(() => sklearnToSourceModel(withAttribute(`1.9/${name}`, attribute, value))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(message) }),
    )
  })
})
