// A JSON file of CatBoost, read but not understood, in; its loss, size and features, as plain JSON, out.

import {
  type BoosterRecord,
  type BoosterValue,
  isBoosterList,
  isBoosterRecord,
} from '../formats/xgboost/booster-value.ts'
import type { EstimatorNode } from './describe-estimators.ts'

export function describeCatboost(document: BoosterRecord): EstimatorNode {
  const loss = partOf(partOf(partOf(document, 'model_info'), 'params'), 'loss_function').get('type')
  const features = partOf(document, 'features_info')
  const isSymmetric = document.has('oblivious_trees')
  const parameters: Record<string, string> = {
    ...(typeof loss === 'string' ? { loss_function: loss.slice(0, 60) } : {}),
    trees: String(lengthOf(document.get(isSymmetric ? 'oblivious_trees' : 'trees'))),
    grow_policy: isSymmetric ? 'SymmetricTree' : 'Lossguide or Depthwise',
    float_features: String(lengthOf(features.get('float_features'))),
    categorical_features: String(lengthOf(features.get('categorical_features'))),
  }
  return { className: 'CatBoost', parameters, children: [] }
}

function partOf(record: BoosterRecord, name: string): BoosterRecord {
  const part = record.get(name)
  return isBoosterRecord(part) ? part : new Map<string, BoosterValue>()
}

function lengthOf(value: BoosterValue | undefined): number {
  return isBoosterList(value) ? value.length : 0
}
