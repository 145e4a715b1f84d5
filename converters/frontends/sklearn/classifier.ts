// Raw columns of a classifier with one target, and its classes, in; how they are read out.

import type { ClassifierTarget } from '../../../src/artifact/head.ts'
import type { Scalar } from '../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import type { Predictor } from './estimator-spec.ts'

type ClassifierOptions = Pick<ClassifierTarget, 'link' | 'scale' | 'tie'> & { readonly hasScores: boolean }

export function classifierOf(
  output: readonly ColumnRef[],
  classes: readonly Scalar[],
  { hasScores, ...reading }: ClassifierOptions,
): Predictor {
  const target: ClassifierTarget = { classes, start: 0, width: output.length, ...reading }
  return {
    kind: 'classifier',
    output,
    head: { kind: 'classifier', targets: [target], hasScores },
    outputs: hasScores ? ['label', 'probabilities', 'scores'] : ['label', 'probabilities'],
    classes,
  }
}
