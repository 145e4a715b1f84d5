// Probabilities of independent yes/no labels in; how they are read out.

import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import type { Predictor } from '../estimator-spec.ts'
import type { FormulaColumns } from './formula-columns.ts'

/** Keeps the logit finite; further out a probability differs from 0 or 1 by less than a rounding. */
const leastProbability = 2 ** -53

export type YesNoLabels = {
  /** One a class. */
  readonly probabilities: readonly ColumnRef[]
  readonly classes: readonly Scalar[]
  /** 0 or 1 a class, where the source does not decide by the probability. */
  readonly label?: readonly ColumnRef[] | undefined
  /** decision_function, one a class. */
  readonly scores?: readonly ColumnRef[] | undefined
}

/** Each label is 1 where its probability is above 0.5, unless `label` says otherwise. */
export function multilabelClassifier(
  { probabilities, classes, label, scores }: YesNoLabels,
  formulas: FormulaColumns,
): Predictor {
  const clipped = formulas.map(probabilities, 'clip', leastProbability, 1 - leastProbability)
  const output = formulas.map(clipped, 'logit')
  const width = classes.length
  const place = (columns: readonly ColumnRef[]) => ({ start: output.push(...columns) - width, width })
  return {
    kind: 'classifier',
    output,
    head: {
      kind: 'multilabel',
      classes,
      ...(label && { label: place(label) }),
      ...(scores && { scores: place(scores) }),
    },
    outputs: ['label', 'probabilities', ...(scores ? ['scores' as const] : [])],
    classes,
  }
}
