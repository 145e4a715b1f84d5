// Raw columns of a classifier that has scores and no probabilities, and its classes, in; how they are read out.

import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import type { Predictor } from '../estimator-spec.ts'

type ScoredOptions = {
  /** Which class equal scores, or one that is just 0, give. @default 'first' */
  readonly tie?: 'first' | 'second'
}

/**
 * One score a class, or one for two classes: the second where it is above 0.
 * Source: sklearn/linear_model/_base.py of 1.9.1, `LinearClassifierMixin.predict`.
 */
export function scoredClassifier(
  output: readonly ColumnRef[],
  classes: readonly Scalar[],
  { tie }: ScoredOptions = {},
): Predictor {
  const scores = { start: 0, width: output.length }
  return {
    kind: 'classifier',
    output,
    head: { kind: 'labels', targets: [{ classes, label: { ...scores, ...(tie && { tie }) }, scores }] },
    outputs: ['label', 'scores'],
    classes,
  }
}
