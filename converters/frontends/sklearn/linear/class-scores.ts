// A fitted linear classifier in; its classes and the layer that gives a score a class, or one for two classes, out.

import type { DenseLayer } from '../../../../src/regions/dense-chain.ts'
import type { Scalar } from '../../../../src/artifact/schema.ts'
import type { EstimatorReader } from '../estimator-reader.ts'
import type { Scope } from '../estimator-spec.ts'
import type { ColumnSet } from '../columns.ts'
import { readLinearLayer } from '../linear-layer.ts'

/** Source: sklearn/linear_model/_base.py of 1.9.1, `LinearClassifierMixin.decision_function`. */
export function readScoreLayer(
  reader: EstimatorReader,
  classes: readonly Scalar[],
  { input, scope }: { readonly input: ColumnSet; readonly scope: Scope },
): DenseLayer {
  scope.builder.takeNumbers(input.columns, reader.place, { nan: false, infinite: false })
  const layer = readLinearLayer(reader, input)
  const width = classes.length === 2 ? 1 : classes.length
  if (classes.length < 2 || layer.outputWidth !== width)
    throw reader.corrupt('coef_', `rows for ${classes.length} classes`, `${layer.outputWidth}`)
  return layer
}
