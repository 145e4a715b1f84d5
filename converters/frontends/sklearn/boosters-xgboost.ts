// A fitted estimator of xgboost.sklearn, or its Booster, in; the source model and the answers of its wrapper out.

import type { Scalar } from '../../../src/artifact/schema.ts'
import type { BoosterRecord } from '../../formats/xgboost/booster-value.ts'
import { isBoosterRecord } from '../../formats/xgboost/booster-value.ts'
import { readXgboost } from '../../formats/xgboost/read-xgboost.ts'
import { PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import type { SourceModel } from '../source-model.ts'
import { xgboostToSourceModel } from '../xgboost/to-source-model.ts'
import { boosterClassifier, boosterRegressor } from './boosters-answer.ts'
import { addBooster } from './boosters-graph.ts'
import { describeValue, type EstimatorReader, toNumber, toValues } from './estimator-reader.ts'
import { defineEstimator, type EstimatorPackage, type Scope } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import { corruptAttribute, type Place, unsupported } from './place.ts'

const xgboostPackage: EstimatorPackage = {
  module: 'xgboost',
  framework: 'XGBoost',
  versions: 'XGBoost 1.5 to 3.4',
  modelOf: wrappedModel,
}

const shared = {
  package: xgboostPackage,
  reads: ['_Booster', 'missing', 'objective', '_le'],
  ignored: {},
  ignoresOthers: 'parameters of training, and what it left; classes_ and n_classes_ follow from the booster',
} as const

export const xgboostClassifier = defineEstimator({
  ...shared,
  names: ['XGBClassifier', 'XGBRFClassifier'],
  role: 'classifier',
  notes: 'alone or last in a pipeline; missing, best iteration, gblinear and dart, several targets',
  predict(reader, input, scope) {
    if (reader.valueOr('objective', null) === 'binary:logitraw')
      throw unsupported(
        reader.place,
        'objective binary:logitraw in a classifier, which takes margins for probabilities',
        'Train it with binary:logistic.',
      )
    const [source, output] = answerOf(reader, input, scope)
    return boosterClassifier(source, output, { reader, classes: encodedLabels(reader) })
  },
})

export const xgboostRegressor = defineEstimator({
  ...shared,
  names: ['XGBRegressor', 'XGBRFRegressor', 'XGBRanker'],
  role: 'regressor',
  notes: 'alone or last in a pipeline; missing, best iteration, gblinear and dart, several targets',
  predict(reader, input, scope) {
    const [source, output] = answerOf(reader, input, scope)
    return boosterRegressor(source, output, reader)
  },
})

/** The model of an `xgboost.core.Booster` that was pickled by itself. */
export function xgboostBooster(booster: PyObject): SourceModel {
  return xgboostToSourceModel(readBooster(booster, placeOf(booster)))
}

function answerOf(reader: EstimatorReader, input: ColumnSet, { builder }: Scope) {
  const source = wrappedModel(reader.source)
  const missing = reader.valueOr('missing', null)
  if (missing !== null && typeof missing !== 'number') reader.fail('missing', 'a number')
  // What a sparse matrix does not store is missing to XGBoost, and it stores no zero here (doc/faq.rst of 3.4).
  const values = [...(input.isSparse ? [0] : []), ...(missing === null || Number.isNaN(missing) ? [] : [missing])]
  const output = addBooster(source, input, { builder, place: reader.place, missing: values })
  return [source, output] as const
}

/** Until 1.5 labels of any type went through an encoder; later ones are the numbers of their classes. */
function encodedLabels(reader: EstimatorReader): readonly Scalar[] | undefined {
  if (!reader.has('_le')) return undefined
  const encoder = reader.value('_le')
  const classes = encoder instanceof PyObject && encoder.state instanceof PyDict ? encoder.state.get('classes_') : null
  const labels = toValues(classes ?? undefined)
  const isLabel = (label: PyValue): label is Scalar => ['string', 'number', 'boolean'].includes(typeof label)
  if (labels === undefined || !labels.every(isLabel)) return reader.fail('_le', 'a fitted encoder of labels')
  return labels
}

function boosterOf(estimator: PyObject): PyObject {
  const booster = estimator.state instanceof PyDict ? estimator.state.get('_Booster') : undefined
  if (booster instanceof PyObject && booster.name === 'Booster') return booster
  throw corruptAttribute(placeOf(estimator), '_Booster', 'the Booster of a fitted estimator', describeValue(booster))
}

const models = new WeakMap<PyObject, SourceModel>()

/** Read once: names, version and answer of an estimator are asked for one after the other. */
function wrappedModel(estimator: PyObject): SourceModel {
  const known = models.get(estimator)
  if (known !== undefined) return known
  const booster = boosterOf(estimator)
  const model = xgboostToSourceModel(asWrapped(readBooster(booster, placeOf(estimator)), booster))
  models.set(estimator, model)
  return model
}

/**
 * The mark that save_model of a wrapper leaves: its answers are those of the rounds up to the best one. How many trees
 * those have is an attribute of Python alone before 1.4.
 */
function asWrapped(document: BoosterRecord, { state }: PyObject): BoosterRecord {
  const limit = toNumber(state instanceof PyDict ? state.get('best_ntree_limit') : undefined)
  const mark = JSON.stringify(Number.isSafeInteger(limit) ? { best_ntree_limit: limit } : {})
  const learner = document.get('learner')
  if (!isBoosterRecord(learner)) return document
  const attributes = learner.get('attributes')
  const marked = new Map([...(isBoosterRecord(attributes) ? attributes : []), ['scikit_learn', mark] as const])
  return new Map([...document, ['learner', new Map([...learner, ['attributes', marked] as const])] as const])
}

/** `Booster.__getstate__`: what `save_raw` gives, with the configuration; UBJSON since 1.6, JSON before. */
function readBooster(booster: PyObject, place: Place): BoosterRecord {
  const handle = booster.state instanceof PyDict ? booster.state.get('handle') : undefined
  if (!(handle instanceof Uint8Array))
    throw corruptAttribute(place, '_Booster', 'a booster with its bytes', describeValue(handle))
  if (handle[0] !== 0x7b)
    throw unsupported(
      place,
      'a booster in the binary form of old versions',
      "Load it in the version that saved it, call get_booster().save_model('model.json'), and convert that.",
    )
  return readXgboost(handle, handle[1] === 0x4c ? 'xgboost-ubjson' : 'xgboost-json')
}

function placeOf({ name }: PyObject): Place {
  return { path: '', className: name, version: 'unknown', framework: 'XGBoost' }
}
