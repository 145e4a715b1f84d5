// A fitted MultinomialNB, ComplementNB or BernoulliNB in; a dense chain of one layer out.

import { classifierOf } from '../classifier.ts'
import { readClasses } from '../class-labels.ts'
import { addDenseChain } from '../dense-output.ts'
import { type EstimatorReader, type Matrix, toMatrix, toNumber, toNumbers } from '../estimator-reader.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { finiteLog } from './naive-bayes-priors.ts'

export const discreteIgnored: Readonly<Record<string, string>> = {
  alpha: 'fitted into feature_log_prob_',
  force_alpha: 'fitted into feature_log_prob_',
  class_prior: 'fitted into class_log_prior_',
  fit_prior: 'fitted into class_log_prior_',
  class_count_: 'fitted into class_log_prior_',
  feature_count_: 'fitted into feature_log_prob_',
}

const reads = ['feature_log_prob_', 'class_log_prior_', 'classes_']

/** Source: sklearn/naive_bayes.py of 1.9.1, `MultinomialNB._joint_log_likelihood`. */
export const multinomialNaiveBayes = defineEstimator({
  names: ['MultinomialNB'],
  role: 'classifier',
  notes: 'any smoothing but none',
  reads,
  ignored: discreteIgnored,
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    return logLinearClassifier(readLogs(reader, input, classes.length), readPriors(reader, classes.length), {
      reader,
      input,
      scope,
    })
  },
})

/** Source: the same file, `ComplementNB._joint_log_likelihood`: the prior counts for a single class only. */
export const complementNaiveBayes = defineEstimator({
  names: ['ComplementNB'],
  role: 'classifier',
  notes: 'with and without norm',
  reads,
  ignored: { ...discreteIgnored, norm: 'fitted into feature_log_prob_', feature_all_: 'fitted into feature_log_prob_' },
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const logs = readLogs(reader, input, classes.length)
    return logLinearClassifier(logs, new Float64Array(classes.length), { reader, input, scope })
  },
})

/** Source: the same file, `BernoulliNB._joint_log_likelihood`: Σ log(1 − p) + x · (log p − log(1 − p)). */
export const bernoulliNaiveBayes = defineEstimator({
  names: ['BernoulliNB'],
  role: 'classifier',
  notes: 'any binarize',
  reads: [...reads, 'binarize'],
  ignored: discreteIgnored,
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const { values, ...size } = readLogs(reader, input, classes.length)
    const absent = values.map((log) => Math.log(1 - Math.exp(log)))
    if (!absent.every(Number.isFinite)) return reader.fail('feature_log_prob_', 'logarithms of probabilities below 1')
    const addends = readPriors(reader, classes.length).map((prior, k) => {
      const own = absent.subarray(k * size.columnCount, (k + 1) * size.columnCount)
      return own.reduce((sum, log) => sum + log, prior)
    })
    const logs = { ...size, values: values.map((log, i) => log - absent[i]) }
    const isAbove = binarized(reader, input, scope)
    return logLinearClassifier(logs, addends, { reader, input: isAbove, scope })
  },
})

function binarized(reader: EstimatorReader, input: ColumnSet, { builder }: Scope): ColumnSet {
  builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
  const value = reader.value('binarize')
  if (value === null) return input
  const threshold = toNumber(value) ?? reader.fail('binarize', 'a number or None')
  const columns = builder.compute(
    {
      kind: 'map',
      inputs: input.columns.map(({ ref }) => ref),
      functions: input.columns.map(() => ({ name: 'above', settings: [threshold] })),
    },
    input.columns,
  )
  return { columns, isSparse: input.isSparse }
}

function readLogs(reader: EstimatorReader, input: ColumnSet, classCount: number): Matrix {
  const logs = toMatrix(reader.value('feature_log_prob_'), reader.place, 'feature_log_prob_')
  if (logs.rowCount === classCount && logs.columnCount === input.columns.length) return logs
  throw reader.corrupt(
    'feature_log_prob_',
    `${classCount} rows of ${input.columns.length} logarithms`,
    `${logs.rowCount} of ${logs.columnCount}`,
  )
}

export function readPriors(reader: EstimatorReader, classCount: number): Float64Array {
  const logs = toNumbers(reader.value('class_log_prior_'))?.map(finiteLog)
  return logs?.length === classCount && logs.every(Number.isFinite)
    ? logs
    : reader.fail('class_log_prior_', `${classCount} logarithms`)
}

type Context = { readonly reader: EstimatorReader; readonly input: ColumnSet; readonly scope: Scope }

/** Classes whose probabilities are the softmax of `logs` · x + addends. */
export function logLinearClassifier(logs: Matrix, addends: Float64Array, { reader, input, scope }: Context): Predictor {
  const { rowCount: classCount, columnCount, values } = logs
  scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
  // What all classes have in common takes float32's digits from their differences, and changes no probability.
  const weights = new Float64Array(values.length)
  for (let i = 0; i < columnCount; i++) {
    let sum = 0
    for (let k = 0; k < classCount; k++) sum += values[k * columnCount + i]
    for (let k = 0; k < classCount; k++)
      weights[i * classCount + k] = values[k * columnCount + i] - (classCount > 1 ? sum / classCount : 0)
  }
  const shared = addends.reduce((sum, addend) => sum + addend, 0) / classCount
  const layer = {
    inputWidth: columnCount,
    outputWidth: classCount,
    weights,
    bias: addends.map((addend) => addend - (classCount > 1 ? shared : 0)),
    activation: 'identity',
  } as const
  const output = addDenseChain([layer], input, { builder: scope.builder, place: reader.place })
  return classifierOf(output, readClasses(reader), { link: 'softmax', tie: 'first', hasScores: false })
}
