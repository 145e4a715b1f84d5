// A fitted FactorAnalysis, SparsePCA or MiniBatchSparsePCA in; what of each factor a row holds, a linear map, out.

import { type EstimatorReader, type Matrix, toMatrix } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { solvePositive, timesTransposed } from '../positive-solve.ts'
import { decompose } from './linear-decompositions.ts'

/**
 * Source: scikit-learn 1.9, decomposition/_factor_analysis.py, `transform`: with W = components / noise, the rows less the mean
 * times Wᵀ · (1 + W · componentsᵀ)⁻¹.
 */
export const factorAnalysis = defineEstimator({
  names: ['FactorAnalysis'],
  role: 'transformer',
  notes: 'any rotation',
  reads: ['components_', 'mean_', 'noise_variance_'],
  ignored: {
    copy: 'memory only',
    iterated_power: 'training only',
    loglike_: 'training state',
    max_iter: 'training only',
    n_components: 'fitted into components_',
    n_iter_: 'training state',
    noise_variance_init: 'training only',
    random_state: 'training only',
    rotation: 'fitted into components_',
    svd_method: 'training only',
    tol: 'training only',
    _n_features_out: 'counted from components_',
  },
  transform(reader, input, scope) {
    const loadings = toMatrix(reader.value('components_'), reader.place, 'components_')
    const { columnCount } = loadings
    const mean = reader.finiteNumbers('mean_', columnCount)
    const noise = reader.finiteNumbers('noise_variance_', columnCount)
    const weighed = { ...loadings, values: loadings.values.map((value, at) => value / noise[at % columnCount]) }
    const components = ridge(reader, { loadings, weighed, addend: 1 })
    return { columns: decompose({ components, mean }, input, { reader, scope }), isSparse: false }
  },
})

/**
 * Source: scikit-learn 1.9, decomposition/_sparse_pca.py, `transform`: a ridge regression of the rows, less the mean, on the
 * components: (components · componentsᵀ + ridge_alpha)⁻¹ · components.
 */
export const sparsePca = defineEstimator({
  names: ['SparsePCA', 'MiniBatchSparsePCA'],
  role: 'transformer',
  notes: 'any ridge_alpha above 0',
  reads: ['components_', 'mean_', 'ridge_alpha'],
  ignored: Object.fromEntries(
    [
      'n_components alpha max_iter tol method n_jobs U_init V_init verbose random_state n_iter_ n_components_ error_ n_iter',
      'callback batch_size shuffle max_no_improvement _n_features_out',
    ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into components_'])),
  ),
  transform(reader, input, scope) {
    const loadings = toMatrix(reader.value('components_'), reader.place, 'components_')
    const mean = reader.finiteNumbers('mean_', loadings.columnCount)
    const components = ridge(reader, { loadings, weighed: loadings, addend: reader.finite('ridge_alpha') })
    return { columns: decompose({ components, mean }, input, { reader, scope }), isSparse: false }
  },
})

type Ridge = { readonly loadings: Matrix; readonly weighed: Matrix; readonly addend: number }

/** (weighed · loadingsᵀ + addend)⁻¹ · weighed, which is symmetric but for rounding. */
function ridge(reader: EstimatorReader, { loadings, weighed, addend }: Ridge): Matrix {
  const products = timesTransposed(weighed, loadings)
  for (let i = 0; i < products.rowCount; i++) products.values[i * products.rowCount + i] += addend
  const solved = solvePositive(products, weighed)
  if (solved?.values.every(Number.isFinite)) return solved
  throw unsupported(
    reader.place,
    'components that depend on each other',
    'Ask for fewer, or for a ridge_alpha above 0.',
  )
}
