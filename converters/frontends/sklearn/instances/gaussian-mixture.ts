// A fitted GaussianMixture or BayesianGaussianMixture in; a normal distribution a component out.

import { exactTable, type Table } from '../../../../src/regions/formula/table.ts'
import { type EstimatorReader, toFlatNumbers, toMatrix, toNumber, toNumbers } from '../estimator-reader.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { unsupported } from '../place.ts'
import { numbersBelow, softmaxClassifier } from './class-columns.ts'
import { digamma } from './digamma.ts'
import { logOf } from './naive-bayes-priors.ts'

const reads = ['means_', 'precisions_cholesky_', 'covariance_type', 'weights_']

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  [
    'n_components tol reg_covar max_iter n_init init_params random_state warm_start verbose verbose_interval',
    'weights_init means_init precisions_init covariances_ precisions_ converged_ n_iter_ lower_bound_ lower_bounds_',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'fitted into means_ and precisions_cholesky_'])),
)

/** Source: sklearn/mixture/_gaussian_mixture.py of 1.9.1, `_estimate_log_gaussian_prob` and `_estimate_log_weights`. */
export const gaussianMixture = defineEstimator({
  names: ['GaussianMixture'],
  role: 'classifier',
  notes: 'full, tied, diag and spherical; the number of the component as label',
  reads,
  ignored,
  predict(reader, input, scope) {
    const weights = reader.finiteNumbers('weights_')
    return mixtureOf(Float64Array.from(weights, logOf), { reader, input, scope })
  },
})

/** Source: sklearn/mixture/_bayesian_mixture.py of 1.9.1, `_estimate_log_prob` and `_estimate_log_weights`. */
export const bayesianGaussianMixture = defineEstimator({
  names: ['BayesianGaussianMixture'],
  role: 'classifier',
  notes: 'full, tied, diag and spherical; the number of the component as label',
  reads: [
    ...reads,
    'weight_concentration_',
    'weight_concentration_prior_type',
    'degrees_of_freedom_',
    'mean_precision_',
  ],
  ignored: {
    ...ignored,
    ...Object.fromEntries(
      [
        'weight_concentration_prior mean_precision_prior mean_prior degrees_of_freedom_prior covariance_prior',
        'weight_concentration_prior_ mean_precision_prior_ mean_prior_ degrees_of_freedom_prior_ covariance_prior_',
      ].flatMap((names) => names.split(' ').map((name) => [name, 'training only'])),
    ),
  },
  predict(reader, input, scope) {
    const width = input.columns.length
    const count = reader.finiteNumbers('weights_').length
    const logWeights = readLogWeights(reader, count)
    // tied components share it
    const shared = toNumber(reader.value('degrees_of_freedom_'))
    const freedom =
      shared === undefined ? reader.finiteNumbers('degrees_of_freedom_', count) : new Float64Array(count).fill(shared)
    const precision = reader.finiteNumbers('mean_precision_', count)
    const logs = logWeights.map((log, k) => {
      let logLambda = width * Math.LN2
      for (let i = 0; i < width; i++) logLambda += digamma(0.5 * (freedom[k] - i))
      return log - 0.5 * width * Math.log(freedom[k]) + 0.5 * (logLambda - width / precision[k])
    })
    if (!logs.every(Number.isFinite)) return reader.fail('degrees_of_freedom_', `numbers above ${width - 1}`)
    return mixtureOf(logs, { reader, input, scope })
  },
})

/** The expected logarithms of the weights. */
function readLogWeights(reader: EstimatorReader, count: number): Float64Array {
  const type = reader.string('weight_concentration_prior_type')
  if (type === 'dirichlet_distribution') {
    const concentration = reader.finiteNumbers('weight_concentration_', count)
    const all = digamma(concentration.reduce((sum, value) => sum + value, 0))
    return concentration.map((value) => digamma(value) - all)
  }
  if (type !== 'dirichlet_process')
    throw unsupported(
      reader.place,
      `weight_concentration_prior_type=${type}`,
      'Known are dirichlet_process and _distribution.',
    )
  const [first, second] = reader.list('weight_concentration_').map((list) => toNumbers(list))
  if (first?.length !== count || second?.length !== count)
    return reader.fail('weight_concentration_', `two vectors of ${count} numbers`)
  let before = 0
  return first.map((value, k) => {
    const all = digamma(value + second[k])
    const log = digamma(value) - all + before
    before += digamma(second[k]) - all
    return log
  })
}

type Context = { readonly reader: EstimatorReader; readonly input: ColumnSet; readonly scope: Scope }

function mixtureOf(logWeights: Float64Array, { reader, input, scope }: Context): Predictor {
  const { place } = reader
  const width = input.columns.length
  const count = logWeights.length
  scope.builder.takeNumbers(input.columns, place, { nan: false, infinite: false })
  const means = toMatrix(reader.value('means_'), place, 'means_')
  if (means.rowCount !== count || means.columnCount !== width || count === 0)
    throw reader.corrupt('means_', `${count} rows of ${width}`, `${means.rowCount} of ${means.columnCount}`)
  const { shape, factors, logDeterminants } = readFactors(reader, count, width)
  const constants = logWeights.map((log, k) => log + logDeterminants[k] - 0.5 * width * Math.log(2 * Math.PI))
  if (!constants.every(Number.isFinite)) return reader.fail('precisions_cholesky_', 'a diagonal above 0')
  const columns = scope.builder.compute(
    {
      kind: 'gaussians',
      inputs: input.columns.map(({ ref }) => ref),
      shape,
      means: exactTable(means.values, width),
      factors,
      constants: exactTable(constants, count),
    },
    input.columns,
  )
  return softmaxClassifier({ columns, sources: input.columns }, numbersBelow(count), scope)
}

type Factors = {
  readonly shape: 'full' | 'tied' | 'diagonal'
  readonly factors: Table
  readonly logDeterminants: Float64Array
}

function readFactors(reader: EstimatorReader, count: number, width: number): Factors {
  const values = toFlatNumbers(reader.array('precisions_cholesky_')) ?? new Float64Array()
  const type = reader.string('covariance_type')
  const sizes: Readonly<Record<string, number>> = {
    full: count * width * width,
    tied: width * width,
    diag: count * width,
    spherical: count,
  }
  const size = Object.hasOwn(sizes, type) ? sizes[type] : undefined
  if (size === undefined)
    throw unsupported(reader.place, `covariance_type=${type}`, `Known are ${Object.keys(sizes).join(', ')}.`)
  if (values.length !== size || !values.every(Number.isFinite))
    return reader.fail('precisions_cholesky_', `${size} finite numbers`)
  if (type === 'full' || type === 'tied') {
    const logDeterminants = Float64Array.from({ length: count }, (_, k) => {
      const from = type === 'full' ? k * width * width : 0
      let sum = 0
      for (let i = 0; i < width; i++) sum += Math.log(values[from + i * (width + 1)])
      return sum
    })
    return { shape: type, factors: exactTable(values, width), logDeterminants }
  }
  const diagonal =
    type === 'diag' ? values : Float64Array.from({ length: count * width }, (_, i) => values[Math.floor(i / width)])
  const logDeterminants = Float64Array.from({ length: count }, (_, k) => {
    let sum = 0
    for (let i = 0; i < width; i++) sum += Math.log(diagonal[k * width + i])
    return sum
  })
  return { shape: 'diagonal', factors: exactTable(diagonal, width), logDeterminants }
}
