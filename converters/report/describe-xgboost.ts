// A file of XGBoost, read but not understood, in; its booster with its parameters, as plain JSON, out.

import {
  type BoosterRecord,
  type BoosterValue,
  describeBoosterValue,
  isBoosterList,
  isBoosterRecord,
} from '../formats/xgboost/booster-value.ts'
import type { EstimatorNode } from './describe-estimators.ts'

/** What is shown of the names and parameters that a file may have without end. */
const mostParameters = 40

export function describeXgboost(document: BoosterRecord): EstimatorNode {
  const learner = partOf(document, 'learner')
  const outer = partOf(learner, 'gradient_booster')
  const booster = outer.has('gbtree') ? partOf(outer, 'gbtree') : outer
  const model = partOf(booster, 'model')
  const trees = model.get('trees')
  const parameters = {
    ...shown(partOf(learner, 'learner_model_param')),
    ...shown(partOf(learner, 'objective')),
    ...shown(partOf(model, 'gbtree_model_param')),
    ...shown(partOf(learner, 'attributes')),
    ...(isBoosterList(trees) ? { trees: String(trees.length) } : {}),
  }
  const name = outer.get('name')
  return { className: typeof name === 'string' ? name.slice(0, 60) : 'booster', parameters, children: [] }
}

function partOf(record: BoosterRecord, name: string): BoosterRecord {
  const part = record.get(name)
  return isBoosterRecord(part) ? part : new Map<string, BoosterValue>()
}

/** Values that are short enough to show. */
function shown(record: BoosterRecord): Record<string, string> {
  const entries = [...record].filter(([name, value]) => typeof value === 'string' && name.length <= 60)
  return Object.fromEntries(
    entries.slice(0, mostParameters).map(([name, value]) => [name, describeBoosterValue(value).replaceAll('"', '')]),
  )
}
