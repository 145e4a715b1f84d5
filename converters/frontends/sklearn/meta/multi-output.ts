// A fitted MultiOutputClassifier or MultiOutputRegressor in; what the estimator of each target answers out.

import type { Head, LabelTarget } from '../../../../src/artifact/head.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { defineEstimator, type Predictor } from '../estimator-spec.ts'
import { unsupported } from '../place.ts'
import { regressorOf } from '../regressor.ts'
import { classifierAnswers, regressorValues } from './child-answers.ts'
import { predictAll, readMembers } from './children.ts'
import { computedClassifier } from './computed-classifier.ts'
import { FormulaColumns } from './formula-columns.ts'

const ignored = { estimator: 'fitted into estimators_', n_jobs: 'speed only', classes_: 'those of estimators_' }

/** Source: sklearn/multioutput.py of 1.9.1. */
export const multiOutputClassifier = defineEstimator({
  names: ['MultiOutputClassifier'],
  role: 'classifier',
  notes: 'one estimator a target, any kind',
  reads: ['estimators_'],
  ignored,
  predict(reader, input, scope) {
    const children = predictAll(readMembers(reader), input, { reader, scope, attribute: 'estimators_' })
    const joined = joinedHeads(children)
    if (joined !== undefined) return joined
    const formulas = new FormulaColumns(scope.builder)
    const targets = children.map((child) => classifierAnswers(child, formulas, reader.place))
    const haveProbabilities = targets.every(({ hasProbabilities }) => hasProbabilities)
    return computedClassifier(
      targets.map((target) => ({
        classes: target.classes,
        label: target.votes(),
        ...(haveProbabilities && { probabilities: target.probabilities() }),
      })),
    )
  },
})

/** Raw columns side by side, where all children have probabilities of one target. */
function joinedHeads(children: readonly Predictor[]): Predictor | undefined {
  const output: ColumnRef[] = []
  const targets: Extract<Head, { kind: 'classifier' }>['targets'][number][] = []
  for (const child of children) {
    if (child.head.kind !== 'classifier' || child.head.targets.length !== 1) return undefined
    const [target] = child.head.targets
    targets.push({ ...target, start: output.length + target.start })
    output.push(...child.output)
  }
  return {
    kind: 'classifier',
    output,
    head: { kind: 'classifier', targets, hasScores: false },
    outputs: ['label', 'probabilities'],
    classes:
      targets.length === 1 ? targets[0].classes : targets.map(({ classes }: Pick<LabelTarget, 'classes'>) => classes),
  }
}

export const multiOutputRegressor = defineEstimator({
  names: ['MultiOutputRegressor'],
  role: 'regressor',
  notes: 'one estimator a target, any kind',
  reads: ['estimators_'],
  ignored,
  predict(reader, input, scope) {
    const formulas = new FormulaColumns(scope.builder)
    const children = predictAll(readMembers(reader), input, { reader, scope, attribute: 'estimators_' })
    const values = children.flatMap((child) => regressorValues(child, formulas, reader.place))
    if (values.length === children.length) return regressorOf(values)
    throw unsupported(reader.place, 'members of several targets', 'Use one estimator a target.')
  },
})
