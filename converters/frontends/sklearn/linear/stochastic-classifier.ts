// A fitted SGDClassifier in; its scores, and its probabilities where its loss has some, out.

import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import { exactTable } from '../../../../src/regions/formula/table.ts'
import type { DenseLayer } from '../../../../src/regions/dense-chain.ts'
import { classifierOf } from '../classifier.ts'
import { readClasses } from '../class-labels.ts'
import { addDenseChain } from '../dense-output.ts'
import { defineEstimator, type Predictor, type Scope } from '../estimator-spec.ts'
import type { Column, ColumnSet } from '../columns.ts'
import { readScoreLayer } from './class-scores.ts'
import { scoredClassifier } from './scored-classifier.ts'
import { stochasticIgnored } from './stochastic-ignored.ts'

/** Source: sklearn/linear_model/_stochastic_gradient.py of 1.9.1, `SGDClassifier.predict_proba`; `log` is the name of `log_loss` before 1.1. */
export const stochasticClassifier = defineEstimator({
  names: ['SGDClassifier'],
  role: 'classifier',
  notes: 'every loss; probabilities of log_loss and modified_huber',
  reads: ['coef_', 'intercept_', 'classes_', 'loss'],
  ignored: stochasticIgnored,
  predict(reader, input, scope) {
    const classes = readClasses(reader)
    const layer = readScoreLayer(reader, classes, { input, scope })
    const loss = reader.string('loss')
    if (loss === 'modified_huber') return clippedScores(layer, classes, { input, scope })
    const output = addDenseChain([layer], input, { builder: scope.builder, place: reader.place })
    if (loss !== 'log' && loss !== 'log_loss') return scoredClassifier(output, classes)
    return classifierOf(output, classes, {
      link: classes.length === 2 ? 'sigmoid' : 'ovr-sigmoid',
      tie: 'first',
      hasScores: true,
    })
  },
})

/** (clip(score, −1, 1) + 1) / 2, divided by the sum over more than two classes; the label is that of the scores. */
function clippedScores(
  { weights, bias, outputWidth }: DenseLayer,
  classes: readonly Scalar[],
  { input, scope }: { readonly input: ColumnSet; readonly scope: Scope },
): Predictor {
  const compute = scope.builder.compute.bind(scope.builder)
  const inputs = input.columns.map(({ ref }) => ref)
  const scores = compute(
    { kind: 'linear', inputs, weights: exactTable(weights, outputWidth), bias: exactTable(bias, outputWidth) },
    input.columns,
  )
  const isBinary = classes.length === 2
  const rising = { name: 'linear-pieces', settings: [-1, 0, 1, 1] } as const
  const falling = { name: 'linear-pieces', settings: [-1, 1, 1, 0] } as const
  const clipped = compute(
    isBinary
      ? { kind: 'map', inputs: refsOf([...scores, ...scores]), functions: [falling, rising] }
      : { kind: 'map', inputs: refsOf(scores), functions: scores.map(() => rising) },
    input.columns,
  )
  const probabilities = isBinary
    ? clipped
    : compute({ kind: 'groups', inputs: refsOf(clipped), operation: 'share', size: classes.length }, input.columns)
  const range = { start: 0, width: scores.length }
  const target = {
    classes,
    label: range,
    scores: range,
    probabilities: { start: scores.length, width: classes.length },
  }
  return {
    kind: 'classifier',
    output: refsOf([...scores, ...probabilities]),
    head: { kind: 'labels', targets: [target] },
    outputs: ['label', 'probabilities', 'scores'],
    classes,
  }
}

function refsOf(columns: readonly Column[]): ColumnRef[] {
  return columns.map(({ ref }) => ref)
}
