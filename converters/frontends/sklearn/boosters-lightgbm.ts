// A fitted estimator of lightgbm.sklearn, or its Booster, in; the source model and the answers of its wrapper out.

import { type LightgbmDocument, readLightgbm } from '../../formats/lightgbm/read-lightgbm.ts'
import { PyDict, PyObject } from '../../formats/pickle/values.ts'
import { lightgbmToSourceModel } from '../lightgbm/to-source-model.ts'
import type { SourceModel } from '../source-model.ts'
import { boosterClassifier, boosterRegressor } from './boosters-answer.ts'
import { addBooster } from './boosters-graph.ts'
import { readClasses } from './class-labels.ts'
import { describeValue, type EstimatorReader, toNumber } from './estimator-reader.ts'
import { defineEstimator, type EstimatorPackage, type Scope } from './estimator-spec.ts'
import type { ColumnSet } from './columns.ts'
import { corruptAttribute, type Place, unsupported } from './place.ts'

const lightgbmPackage: EstimatorPackage = {
  module: 'lightgbm',
  framework: 'LightGBM',
  versions: 'LightGBM 3.3 to 4.6',
  modelOf: wrappedModel,
}

const shared = {
  package: lightgbmPackage,
  ignored: {},
  ignoresOthers: 'parameters of training, of any name, and what it left',
} as const

export const lightgbmClassifier = defineEstimator({
  ...shared,
  names: ['LGBMClassifier'],
  role: 'classifier',
  notes: 'alone or last in a pipeline; labels of any type, best iteration, categories of pandas and codes',
  reads: ['_Booster', '_classes', 'pred_early_stop'],
  predict(reader, input, scope) {
    // Rounds are left out of answers that are clear without them.
    if (reader.valueOr('pred_early_stop', false) === true)
      throw unsupported(reader.place, 'pred_early_stop', 'Set it to False before saving.')
    const [source, output] = answerOf(reader, input, scope)
    return boosterClassifier(source, output, { reader, classes: readClasses(reader, '_classes') })
  },
})

export const lightgbmRegressor = defineEstimator({
  ...shared,
  names: ['LGBMRegressor', 'LGBMRanker'],
  role: 'regressor',
  notes: 'alone or last in a pipeline; best iteration, categories of pandas and codes',
  reads: ['_Booster'],
  predict(reader, input, scope) {
    const [source, output] = answerOf(reader, input, scope)
    return boosterRegressor(source, output, reader)
  },
})

/** The model of a `lightgbm.basic.Booster` that was pickled by itself. */
export function lightgbmBooster(booster: PyObject): SourceModel {
  return lightgbmToSourceModel(readBooster(booster, placeOf(booster)))
}

function answerOf(reader: EstimatorReader, input: ColumnSet, { builder }: Scope) {
  const source = wrappedModel(reader.source)
  // What a sparse matrix does not store is 0 to LightGBM, as it is in the columns here.
  return [source, addBooster(source, input, { builder, place: reader.place, missing: [] })] as const
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
  const model = lightgbmToSourceModel(readBooster(boosterOf(estimator), placeOf(estimator)))
  models.set(estimator, model)
  return model
}

/** `Booster.__getstate__`: the text of all rounds, of which `predict` takes those up to `best_iteration`. */
function readBooster({ state }: PyObject, place: Place): LightgbmDocument {
  const attributes = state instanceof PyDict ? state : new PyDict()
  // Its name until 3.3, and since 4.0.
  const text = attributes.get('handle') ?? attributes.get('_handle')
  if (typeof text !== 'string')
    throw corruptAttribute(place, '_Booster', 'a booster with its text', describeValue(text))
  const document = readLightgbm(new TextEncoder().encode(text))
  const best = toNumber(attributes.get('best_iteration')) ?? 0
  if (!Number.isSafeInteger(best) || best <= 0) return document
  const { header, trees } = document
  const treesPerRound = Number(header.get('num_tree_per_iteration') ?? header.get('num_class') ?? 1)
  return { ...document, trees: trees.slice(0, best * treesPerRound) }
}

function placeOf({ name }: PyObject): Place {
  return { path: '', className: name, version: 'unknown', framework: 'LightGBM' }
}
