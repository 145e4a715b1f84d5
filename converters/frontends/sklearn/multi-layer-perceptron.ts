// A fitted MLPClassifier or MLPRegressor in; a dense chain out.

import type { Activation, DenseLayer } from '../../../src/regions/dense-chain.ts'
import { classifierOf } from './classifier.ts'
import { readClasses } from './class-labels.ts'
import { addDenseChain } from './dense-output.ts'
import { describeValue, type EstimatorReader, toMatrix, toNumbers } from './estimator-reader.ts'
import { defineEstimator } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import { unsupported } from './place.ts'
import { regressorOf } from './regressor.ts'

const reads = ['coefs_', 'intercepts_', 'activation', 'out_activation_'] as const

const ignored = Object.fromEntries([
  ['alpha', 'fitted into coefs_'],
  ['hidden_layer_sizes', 'fitted into coefs_'],
  ['n_layers_', 'counted from coefs_'],
  ['n_outputs_', 'counted from coefs_'],
  ['loss', 'fitted into out_activation_'],
  ...[
    'batch_size beta_1 beta_2 early_stopping epsilon learning_rate learning_rate_init max_fun max_iter momentum',
    'n_iter_no_change nesterovs_momentum power_t random_state shuffle solver tol validation_fraction verbose warm_start',
    '_random_state n_iter_ t_ loss_curve_ loss_ best_loss_ validation_scores_ best_validation_score_ _optimizer',
    '_no_improvement_count _best_coefs _best_intercepts _coef_grads _intercept_grads _coef_indptr _intercept_indptr',
  ].flatMap((names) => names.split(' ').map((name) => [name, 'training only'])),
])

export const mlpClassifier = defineEstimator({
  names: ['MLPClassifier'],
  role: 'classifier',
  notes: 'binary, multiclass and multilabel; every activation',
  reads: [...reads, 'classes_'],
  ignored: { ...ignored, _label_binarizer: 'classes_ says the same' },
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const layers = readLayers(reader, input)
    const output = addDenseChain(layers, input, { builder: scope.builder, place: reader.place })
    const classes = readClasses(reader)
    const link = reader.string('out_activation_')
    if (link === 'softmax' && output.length === classes.length) {
      return classifierOf(output, classes, { link: 'softmax', hasScores: false })
    }
    if (link === 'logistic' && output.length === 1 && classes.length === 2) {
      return classifierOf(output, classes, { link: 'sigmoid', tie: 'first', hasScores: false })
    }
    if (link === 'logistic' && output.length === classes.length && classes.length > 1) {
      const head = { kind: 'multilabel', classes } as const
      return { kind: 'classifier', output, head, outputs: ['label', 'probabilities'], classes }
    }
    throw reader.corrupt('out_activation_', `one for ${output.length} outputs and ${classes.length} classes`, link)
  },
})

export const mlpRegressor = defineEstimator({
  names: ['MLPRegressor'],
  role: 'regressor',
  notes: 'one or several targets, every activation, squared_error and poisson loss',
  reads,
  ignored,
  predict(reader, input, scope) {
    scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
    const output = addDenseChain(readLayers(reader, input), input, { builder: scope.builder, place: reader.place })
    const link = reader.string('out_activation_')
    if (link === 'identity' || link === 'exp') return regressorOf(output, link)
    throw unsupported(reader.place, `out_activation_=${link}`, 'Supported are identity and exp.')
  },
})

const activations: Readonly<Record<string, Activation>> = {
  identity: 'identity',
  relu: 'relu',
  tanh: 'tanh',
  logistic: 'logistic',
}

function readLayers(reader: EstimatorReader, input: ColumnSet): DenseLayer[] {
  const name = reader.string('activation')
  if (!Object.hasOwn(activations, name)) {
    throw unsupported(reader.place, `activation=${name}`, `Supported are ${Object.keys(activations).join(', ')}.`)
  }
  const weights = reader.list('coefs_')
  const biases = reader.list('intercepts_')
  if (weights.length === 0 || weights.length !== biases.length) {
    throw reader.corrupt('intercepts_', `${weights.length} vectors, at least one`, `${biases.length}`)
  }
  let width = input.columns.length
  return weights.map((value, i): DenseLayer => {
    const { rowCount, columnCount, values } = toMatrix(value, reader.place, `coefs_[${i}]`)
    const bias = toNumbers(biases[i])
    if (rowCount !== width || columnCount === 0) {
      throw reader.corrupt(`coefs_[${i}]`, `a matrix with ${width} rows`, `${rowCount} by ${columnCount}`)
    }
    if (bias?.length !== columnCount || !bias.every(Number.isFinite)) {
      throw reader.corrupt(`intercepts_[${i}]`, `${columnCount} finite numbers`, describeValue(biases[i]))
    }
    width = columnCount
    const activation = i === weights.length - 1 ? 'identity' : activations[name]
    return { inputWidth: rowCount, outputWidth: columnCount, weights: values, bias, activation }
  })
}
