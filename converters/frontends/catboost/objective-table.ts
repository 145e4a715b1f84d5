// Name of a CatBoost loss in; how raw columns become answers out.

import type { ClassifierTarget, Head } from '../../../src/artifact/head.ts'
import type { ModelSchema, Scalar } from '../../../src/artifact/schema.ts'
import type { SourceModel } from '../source-model.ts'
import type { RecordReader } from '../xgboost/record-reader.ts'

/** What `predict` of the estimators makes of raw values: `_get_prediction_type` of catboost/core.py of 1.2.10. */
type Answer = 'value' | 'exp' | 'sigmoid' | 'softmax' | 'each-sigmoid' | 'multilabel'

const losses: Readonly<Record<string, Answer>> = {
  Logloss: 'sigmoid',
  CrossEntropy: 'sigmoid',
  MultiClass: 'softmax',
  // Not divided by their sum, and so its probabilities need not add up to 1.
  MultiClassOneVsAll: 'each-sigmoid',
  MultiLogloss: 'multilabel',
  MultiCrossEntropy: 'multilabel',
  RMSE: 'value',
  MAE: 'value',
  Quantile: 'value',
  // Its raw values are logarithms, and `predict` of 1.0 and 1.2 gives them as they are.
  LogLinQuantile: 'value',
  MAPE: 'value',
  Poisson: 'exp',
  Tweedie: 'exp',
  Huber: 'value',
  Expectile: 'value',
  Lq: 'value',
  LogCosh: 'value',
  Cox: 'value',
  SurvivalAft: 'value',
  MultiRMSE: 'value',
  MultiRMSEWithMissingValues: 'value',
  MultiQuantile: 'value',
  QueryRMSE: 'value',
  QuerySoftMax: 'value',
  PairLogit: 'value',
  PairLogitPairwise: 'value',
  YetiRank: 'value',
  YetiRankPairwise: 'value',
  LambdaMart: 'value',
  StochasticRank: 'value',
  PythonUserDefinedPerObject: 'value',
  PythonUserDefinedMultiTarget: 'value',
}

/** Names of the supported losses, for tables of what can be converted. */
export const lossNames: readonly string[] = Object.keys(losses).filter((name) => !name.startsWith('Python'))

export type ObjectiveHead = {
  readonly kind: SourceModel['kind']
  readonly head: Head
  readonly schema: Omit<ModelSchema, 'features'>
}

type Objective = {
  readonly loss: string
  /** Raw columns. */
  readonly width: number
  /** Labels as `class_params` names them; undefined where it does not. */
  readonly labels: readonly Scalar[] | undefined
}

/** @throws UNSUPPORTED for losses that are not known, with what to do instead; FILE_CORRUPT */
export function objectiveHead({ loss, width, labels }: Objective, model: RecordReader): ObjectiveHead {
  const answer = Object.hasOwn(losses, loss) ? losses[loss] : undefined
  if (answer === undefined)
    throw model.unsupported(`loss ${JSON.stringify(loss.slice(0, 60))}`, `Supported are ${lossNames.join(', ')}.`)
  if (answer === 'value' || answer === 'exp') {
    const head = { kind: 'regressor', link: answer === 'exp' ? 'exp' : 'identity', targetCount: width } as const
    return { kind: 'regressor', head, schema: { outputs: ['value'] } }
  }
  const count = answer === 'sigmoid' ? 2 : width
  if (answer === 'sigmoid' ? width !== 1 : count < 2 && answer !== 'multilabel')
    throw model.corrupt('scale_and_bias', `a bias for each class of ${loss}`, `${width}`)
  const classes = labels ?? Array.from({ length: count }, (_, label) => label)
  if (classes.length !== count) throw model.corrupt('model_info', `${count} class names`, `${classes.length}`)
  if (answer === 'multilabel') {
    const schema = { classes, outputs: ['label', 'probabilities'] } as const
    return { kind: 'classifier', head: { kind: 'multilabel', classes }, schema }
  }
  const target: ClassifierTarget = { classes, start: 0, width, link: answer, tie: 'first' }
  return {
    kind: 'classifier',
    head: { kind: 'classifier', targets: [target], hasScores: true },
    schema: { classes, outputs: ['label', 'probabilities', 'scores'] },
  }
}
