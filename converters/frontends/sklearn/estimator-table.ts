// Every scikit-learn estimator that can be converted: class name in, its spec out.

import { transformerTable } from './transformers/transformer-table.ts'
import { linearTable } from './linear/linear-table.ts'
import { instanceTable } from './instances/instance-table.ts'
import { metaTable } from './meta/meta-table.ts'
import { textTable } from './text/text-table.ts'
import { lightgbmClassifier, lightgbmRegressor } from './boosters-lightgbm.ts'
import { xgboostClassifier, xgboostRegressor } from './boosters-xgboost.ts'
import { columnTransformer } from './column-transformer.ts'
import { decisionTreeClassifier, decisionTreeRegressor } from './decision-tree.ts'
import type { EstimatorSpec } from './estimator-spec.ts'
import { supportedVersions } from './supported-versions.ts'
import { featureUnion } from './feature-union.ts'
import { forestClassifier, forestRegressor } from './forest.ts'
import { functionTransformer } from './function-transformer.ts'
import { gradientBoostingClassifier, gradientBoostingRegressor } from './gradient-boosting.ts'
import { histGradientBoostingClassifier, histGradientBoostingRegressor } from './hist-gradient-boosting.ts'
import { linearRegression } from './linear-regression.ts'
import { logisticRegression } from './logistic-regression.ts'
import { minMaxScaler } from './min-max-scaler.ts'
import { mlpClassifier, mlpRegressor } from './multi-layer-perceptron.ts'
import { oneHotEncoder } from './one-hot-encoder.ts'
import { ordinalEncoder } from './ordinal-encoder.ts'
import { pipeline } from './pipeline.ts'
import { robustScaler } from './robust-scaler.ts'
import { simpleImputer } from './simple-imputer.ts'
import { standardScaler } from './standard-scaler.ts'

export const estimatorTable: readonly EstimatorSpec[] = [
  pipeline,
  columnTransformer,
  featureUnion,
  functionTransformer,
  simpleImputer,
  standardScaler,
  minMaxScaler,
  robustScaler,
  oneHotEncoder,
  ordinalEncoder,
  logisticRegression,
  linearRegression,
  mlpClassifier,
  mlpRegressor,
  decisionTreeClassifier,
  decisionTreeRegressor,
  forestClassifier,
  forestRegressor,
  gradientBoostingClassifier,
  gradientBoostingRegressor,
  histGradientBoostingClassifier,
  histGradientBoostingRegressor,
  xgboostClassifier,
  xgboostRegressor,
  lightgbmClassifier,
  lightgbmRegressor,
  ...transformerTable,
  ...linearTable,
  ...instanceTable,
  ...metaTable,
  ...textTable,
]

const specByName: ReadonlyMap<string, EstimatorSpec> = new Map(
  estimatorTable.flatMap((spec) => spec.names.map((name) => [name, spec] as const)),
)

export function specOf(className: string): EstimatorSpec | undefined {
  return specByName.get(className)
}

export type SupportedEstimator = {
  readonly name: string
  readonly role: EstimatorSpec['role']
  /** Versions of scikit-learn whose files are read. */
  readonly versions: string
  readonly notes: string
}

/** The support table, one entry a class, as the specs have it, without those that only stand inside another. */
export function supportedEstimators(): SupportedEstimator[] {
  return estimatorTable.flatMap(({ names, role, notes, package: own }) =>
    names
      .filter((name) => !name.startsWith('_'))
      .map((name) => ({ name, role, versions: own?.versions ?? supportedVersions.text, notes })),
  )
}
