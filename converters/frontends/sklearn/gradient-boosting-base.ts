// The initial estimator of a gradient boosting model in; the raw prediction that every row starts from out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import { NdArray } from '../../formats/pickle/values.ts'
import { PyObject } from '../../formats/pickle/values.ts'
import { EstimatorReader, toFlatNumbers, toNumbers } from './estimator-reader.ts'
import { isSince } from './estimator-spec.ts'
import { pathWithin, unsupported } from './place.ts'

/** Class names of losses to 1.3 (`_gb_losses`) and since (`_loss`): how raw values are read, and what a tie at 0 gives. */
export const boostingLosses = {
  BinomialDeviance: { link: 'sigmoid', scale: 1, tie: 'first' },
  HalfBinomialLoss: { link: 'sigmoid', scale: 1, tie: 'second' },
  ExponentialLoss: { link: 'sigmoid', scale: 2, tie: 'second' },
  MultinomialDeviance: { link: 'softmax', scale: 1, tie: 'first' },
  HalfMultinomialLoss: { link: 'softmax', scale: 1, tie: 'first' },
  LeastSquaresError: { link: 'identity', scale: 1, tie: 'first' },
  LeastAbsoluteError: { link: 'identity', scale: 1, tie: 'first' },
  HuberLossFunction: { link: 'identity', scale: 1, tie: 'first' },
  QuantileLossFunction: { link: 'identity', scale: 1, tie: 'first' },
  HalfSquaredError: { link: 'identity', scale: 1, tie: 'first' },
  AbsoluteError: { link: 'identity', scale: 1, tie: 'first' },
  HuberLoss: { link: 'identity', scale: 1, tie: 'first' },
  PinballLoss: { link: 'identity', scale: 1, tie: 'first' },
} as const

type BaseContext = {
  /** Number of raw columns. */
  readonly width: number
  readonly loss: keyof typeof boostingLosses
  readonly classes: readonly Scalar[]
}

export function readBase(reader: EstimatorReader, context: BaseContext): Float64Array {
  const init = reader.value('init_')
  if (init === 'zero') return new Float64Array(context.width)
  if (init instanceof PyObject && init.name === 'DummyRegressor') return readConstant(reader, init)
  if (init instanceof PyObject && init.name === 'DummyClassifier') return readPrior(reader, init, context)
  const name = init instanceof PyObject ? `init=${init.name}` : 'this init'
  throw unsupported(reader.place, name, "Supported are init=None, 'zero', DummyClassifier and DummyRegressor.")
}

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  'random_state sparse_output_ n_outputs_ n_classes_ quantile strategy classes_ constant'
    .split(' ')
    .map((name) => [name, 'fitted into the constant or the prior']),
)

function readConstant(reader: EstimatorReader, init: PyObject): Float64Array {
  const place = { ...reader.place, path: pathWithin(reader.place, 'init_'), className: init.name }
  const dummy = new EstimatorReader(init, place, { reads: ['constant_'], ignored })
  const constant = dummy.value('constant_')
  const values = constant instanceof NdArray ? toFlatNumbers(constant) : undefined
  if (values?.length === 1 && Number.isFinite(values[0])) return Float64Array.from(values)
  return dummy.fail('constant_', 'one finite number')
}

/** Class probabilities that DummyClassifier gives for any row, taken through the link of the loss. */
function readPrior(reader: EstimatorReader, init: PyObject, context: BaseContext): Float64Array {
  const { width, loss, classes } = context
  const place = { ...reader.place, path: pathWithin(reader.place, 'init_'), className: init.name }
  const dummy = new EstimatorReader(init, place, {
    reads: ['_strategy', 'class_prior_'],
    ignored: { ...ignored, n_features_in_: 'not read' },
  })
  const prior = toNumbers(dummy.value('class_prior_'))
  if (prior?.length !== classes.length || !prior.every((p) => p >= 0 && p <= 1)) {
    return dummy.fail('class_prior_', `${classes.length} probabilities`)
  }
  const probabilities = dummyProbabilities(dummy, prior)
  // sklearn/ensemble/_gb.py clips to the epsilon of float32 up to 1.7, of float64 later.
  const epsilon = isSince(place.version, 1, 8) ? 2 ** -52 : 2 ** -23
  const clipped = probabilities.map((p) => Math.min(Math.max(p, epsilon), 1 - epsilon))
  if (width === 1) {
    const logit = Math.log(clipped[1] / (1 - clipped[1]))
    return Float64Array.of(loss === 'ExponentialLoss' ? logit / 2 : logit)
  }
  const logs = clipped.map(Math.log)
  // The older loss takes logarithms as they are, the newer one centers them.
  const center = loss === 'HalfMultinomialLoss' ? logs.reduce((sum, log) => sum + log, 0) / width : 0
  return logs.map((log) => log - center)
}

function dummyProbabilities(dummy: EstimatorReader, prior: Float64Array): Float64Array {
  const strategy = dummy.string('_strategy')
  switch (strategy) {
    case 'prior':
      return prior
    case 'most_frequent':
      return prior.map((_, i) => (i === prior.indexOf(Math.max(...prior)) ? 1 : 0))
    case 'uniform':
      return prior.map(() => 1 / prior.length)
    default:
      throw unsupported(dummy.place, `strategy=${strategy}`, 'Supported are prior, most_frequent and uniform.')
  }
}
