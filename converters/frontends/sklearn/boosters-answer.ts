// What a booster answers by itself in; what its scikit-learn wrapper makes of it, labels in their own type, out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import type { ColumnRef } from '../../../src/regions/region.ts'
import type { SourceModel } from '../source-model.ts'
import type { EstimatorReader } from './estimator-reader.ts'
import type { Predictor } from './estimator-spec.ts'
import { unsupported } from './place.ts'

type Answering = Pick<SourceModel, 'head' | 'schema' | 'source'>

/** @throws UNSUPPORTED where the booster's objective gives classes: the wrapper would give a probability as a value */
export function boosterRegressor({ head, source }: Answering, output: readonly ColumnRef[], reader: EstimatorReader) {
  if (head.kind === 'regressor') return { kind: 'regressor', output, head, outputs: ['value'] } satisfies Predictor
  throw unsupported(
    reader.place,
    `an objective of classes in a regressor, ${source.estimator},`,
    'Train the classifier of the same package.',
  )
}

/**
 * @param classes undefined where labels are the numbers of the classes
 * @throws UNSUPPORTED where the objective gives values, for which wrappers make up probabilities
 */
export function boosterClassifier(
  { head, schema, source }: Answering,
  output: readonly ColumnRef[],
  { reader, classes }: { readonly reader: EstimatorReader; readonly classes: readonly Scalar[] | undefined },
): Predictor {
  const { outputs } = schema
  if (head.kind === 'multilabel') return { kind: 'classifier', output, head, outputs, classes: head.classes }
  const own = head.kind === 'classifier' ? head.targets[0] : undefined
  if (head.kind !== 'classifier' || own === undefined)
    throw unsupported(
      reader.place,
      `an objective without classes in a classifier, ${source.estimator},`,
      'Train it with an objective of its own, such as the default.',
    )
  const labels = classes ?? own.classes
  if (labels.length !== own.classes.length)
    throw unsupported(
      reader.place,
      `a booster of ${own.classes.length} classes under ${labels.length} labels`,
      'Train it on rows of two classes or more, with the default objective.',
    )
  // Two columns for two classes: wrappers take them for two targets.
  if (labels.length === 2 && output.length === 2)
    throw unsupported(reader.place, 'an objective of several classes for two', 'Train it with the default objective.')
  return {
    kind: 'classifier',
    output,
    head: { ...head, targets: [{ ...own, classes: labels }] },
    outputs,
    classes: labels,
    // Wrappers give margins by parameters of predict alone.
    hasDecisionFunction: false,
  }
}
