// A fitted DummyClassifier or DummyRegressor in; the same answer for every row out.

import { NdArray, type PyValue } from '../../../formats/pickle/values.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import { readClassLists } from '../class-labels.ts'
import { type EstimatorReader, toFlatNumbers, toNumbers, toValues } from '../estimator-reader.ts'
import { defineEstimator } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { computedClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'

/** Source: sklearn/dummy.py of 1.9.1. */
export const dummyClassifier = defineEstimator({
  names: ['DummyClassifier'],
  role: 'classifier',
  notes: 'prior, most_frequent and constant; one or several targets',
  reads: ['classes_', 'class_prior_', '_strategy', 'constant'],
  ignored: {
    n_classes_: 'counted from the classes',
    n_outputs_: 'counted from the classes',
    random_state: 'for random strategies only',
    sparse_output_: 'container of the output only',
    strategy: 'resolved into _strategy',
  },
  predict(reader, _, { builder }) {
    const classLists = readClassLists(reader)
    const formulas = new FormulaColumns(builder)
    const prior = reader.value('class_prior_')
    return computedClassifier(
      classLists.map((classes, i) => {
        const shares = toNumbers(Array.isArray(prior) && classLists.length > 1 ? prior[i] : prior)
        if (shares?.length !== classes.length) return reader.fail('class_prior_', `${classes.length} shares`)
        const [label, probabilities] = answerOf(reader, classes, { shares, target: i })
        return { classes, label: formulas.constants(label), probabilities: formulas.constants(probabilities) }
      }),
    )
  },
})

type Target = { readonly shares: Float64Array; readonly target: number }

/** Label and probabilities, one number a class. */
function answerOf(reader: EstimatorReader, classes: readonly Scalar[], { shares, target }: Target) {
  const strategy = reader.string('_strategy')
  const only = (index: number) => shares.map((_, k) => (k === index ? 1 : 0))
  const top = shares.indexOf(shares.reduce((most, share) => Math.max(most, share), 0))
  if (strategy === 'prior') return [only(top), shares]
  if (strategy === 'most_frequent') return [only(top), only(top)]
  if (strategy !== 'constant')
    throw unsupported(
      reader.place,
      `strategy=${strategy}, which draws labels,`,
      'Supported are prior, most_frequent, constant.',
    )
  const index = classes.indexOf(constantOf(reader.value('constant'), target) as Scalar)
  return index < 0 ? reader.fail('constant', 'a class') : [only(index), only(index)]
}

function constantOf(value: PyValue, target: number): PyValue | undefined {
  if (value instanceof NdArray && value.shape.length > 1) return toFlatNumbers(value)?.[target]
  return toValues(value)?.[target] ?? value
}

/** Source: the same file, `DummyRegressor.predict`. */
export const dummyRegressor = defineEstimator({
  names: ['DummyRegressor'],
  role: 'regressor',
  notes: 'every strategy, one or several targets',
  reads: ['constant_'],
  ignored: {
    constant: 'resolved into constant_',
    n_outputs_: 'counted from constant_',
    quantile: 'fitted into constant_',
    strategy: 'fitted into constant_',
  },
  predict(reader, _, { builder }) {
    const values = toFlatNumbers(reader.array('constant_'))
    if (values === undefined || values.length === 0 || !values.every(Number.isFinite))
      return reader.fail('constant_', 'finite numbers')
    return regressorOf(new FormulaColumns(builder).constants(values))
  },
})
