// Probabilities of independent yes/no labels in; how they are read out.

import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../../src/regions/region.ts'
import type { Predictor } from '../estimator-spec.ts'
import type { FormulaColumns } from './formula-columns.ts'

/** Keeps the logit finite; further out a probability differs from 0 or 1 by less than a rounding. */
const leastProbability = 2 ** -53

/** Each label is 1 where its probability is above 0.5. */
export function multilabelClassifier(
  probabilities: readonly ColumnRef[],
  classes: readonly Scalar[],
  formulas: FormulaColumns,
): Predictor {
  const clipped = formulas.map(probabilities, 'clip', leastProbability, 1 - leastProbability)
  return {
    kind: 'classifier',
    output: formulas.map(clipped, 'logit'),
    head: { kind: 'multilabel', classes },
    outputs: ['label', 'probabilities'],
    classes,
  }
}
