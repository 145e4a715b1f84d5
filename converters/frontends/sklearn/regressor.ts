// Raw columns of a regressor in; how they are read out.

import type { ColumnRef } from '../../../src/regions/region.ts'
import type { Predictor } from './estimator-spec.ts'

export function regressorOf(output: readonly ColumnRef[], link: 'identity' | 'exp' = 'identity'): Predictor {
  return {
    kind: 'regressor',
    output,
    head: { kind: 'regressor', link, targetCount: output.length },
    outputs: ['value'],
  }
}
