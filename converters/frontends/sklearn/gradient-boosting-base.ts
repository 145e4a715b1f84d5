// The initial estimator of a gradient boosting model in; the raw prediction that every row starts from out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import { NdArray, PyObject } from '../../formats/pickle/values.ts'
import { treeAttributes } from './decision-tree.ts'
import { EstimatorReader, toFlatNumbers, toNumbers } from './estimator-reader.ts'
import { isSince } from './estimator-spec.ts'
import { type Place, pathWithin, unsupported } from './place.ts'
import type { StoredTree } from './split-layout.ts'
import { readTree } from './stored-tree.ts'
import { regressionTree } from './tree-leaves.ts'

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

/** A constant a raw column, a tree whose leaves are added as they are, or any other estimator. */
export type BoostingBase = {
  readonly constants: Float64Array
  readonly tree?: StoredTree
  readonly child?: PyObject
}

export function readBase(reader: EstimatorReader, context: BaseContext): BoostingBase {
  const init = reader.value('init_')
  const zeros = new Float64Array(context.width)
  if (init === 'zero') return { constants: zeros }
  if (!(init instanceof PyObject)) return reader.fail('init_', "a fitted estimator or 'zero'")
  const { name } = init
  const place = { ...reader.place, path: pathWithin(reader.place, 'init_'), className: name }
  const isClassifier = context.classes.length > 0
  if (name === 'DummyRegressor' && !isClassifier) return { constants: readConstant(init, place) }
  if (name === 'DummyClassifier' && isClassifier) return { constants: readPrior(init, place, context) }
  if ((name === 'DecisionTreeRegressor' || name === 'ExtraTreeRegressor') && !isClassifier) {
    const tree = new EstimatorReader(init, place, treeAttributes)
    return { constants: zeros, tree: regressionTree(readTree(tree.value('tree_'), place), 1, place) }
  }
  return { constants: zeros, child: init }
}

const ignored: Readonly<Record<string, string>> = Object.fromEntries(
  'random_state sparse_output_ n_outputs_ n_classes_ quantile strategy classes_ constant'
    .split(' ')
    .map((name) => [name, 'fitted into the constant or the prior']),
)

function readConstant(init: PyObject, place: Place): Float64Array {
  const dummy = new EstimatorReader(init, place, { reads: ['constant_'], ignored })
  const constant = dummy.value('constant_')
  const values = constant instanceof NdArray ? toFlatNumbers(constant) : undefined
  if (values?.length === 1 && Number.isFinite(values[0])) return Float64Array.from(values)
  return dummy.fail('constant_', 'one finite number')
}

/** Class probabilities that DummyClassifier gives for any row, taken through the link of the loss. */
function readPrior(init: PyObject, place: Place, { width, loss, classes }: BaseContext): Float64Array {
  const dummy = new EstimatorReader(init, place, { reads: ['_strategy', 'class_prior_'], ignored })
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
    case 'most_frequent': {
      const top = prior.indexOf(Math.max(...prior))
      return prior.map((_, i) => (i === top ? 1 : 0))
    }
    case 'uniform':
      return prior.map(() => 1 / prior.length)
    default:
      throw unsupported(dummy.place, `strategy=${strategy}`, 'Supported are prior, most_frequent and uniform.')
  }
}
