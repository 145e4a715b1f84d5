// A value of a document in; the spec of the estimator that it is, and a reader over its attributes, out.

import { PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import type { SourceModel } from '../source-model.ts'
import { lightgbmBooster } from './boosters-lightgbm.ts'
import { xgboostBooster } from './boosters-xgboost.ts'
import { describeValue, EstimatorReader } from './estimator-reader.ts'
import { type EstimatorSpec, parseVersion } from './estimator-spec.ts'
import { supportedVersions } from './supported-versions.ts'
import { specOf, supportedEstimators } from './estimator-table.ts'
import { type Place, unsupported } from './place.ts'

export type Opened = { readonly reader: EstimatorReader; readonly spec: EstimatorSpec }

/** The spec of an estimator and a reader over its attributes. */
export function open(value: PyValue, path: string): Opened {
  if (!(value instanceof PyObject)) {
    const place = { path, className: describeValue(value), version: 'unknown' }
    throw unsupported(place, 'a step that is no estimator', supportText())
  }
  const version = value.state instanceof PyDict ? value.state.get('_sklearn_version') : undefined
  const place: Place = { path, className: value.name, version: typeof version === 'string' ? version : 'unknown' }
  const spec = specOfObject(value)
  if (spec === undefined) throw unsupported(place, `class ${value.module}.${value.name}`, insteadOf(value))
  if (spec.package !== undefined) {
    const { framework, frameworkVersion } = spec.package.modelOf(value).source
    return { spec, reader: new EstimatorReader(value, { ...place, framework, version: frameworkVersion }, spec) }
  }
  assertVersion(place)
  return { spec, reader: new EstimatorReader(value, place, spec) }
}

function assertVersion(place: Place): void {
  const version = parseVersion(place.version)
  const { first, last, text } = supportedVersions
  if (version !== undefined && version[0] === first[0] && version[1] >= first[1] && version[1] <= last[1]) return
  throw unsupported(
    place,
    `a file of scikit-learn ${place.version}`,
    `Supported are versions ${text}; fit it with one of them.`,
  )
}

/** CatBoost keeps its trees in a binary form of its own, in pickles too. */
function insteadOf(value: PyObject): string {
  if (moduleOf(value) !== 'catboost') return supportText()
  return "Save the model alone: model.save_model('model.json', format='json', pool=train_pool), and convert that."
}

function supportText(): string {
  const names = supportedEstimators().map(({ name }) => name)
  return `Supported are ${names.slice(0, 3).join(', ')} and ${names.length - 3} more: npx tfjs-serving supported prints them.`
}

/** The model of a booster that was pickled without a wrapper; undefined for all else. */
export function boosterAlone(root: PyObject): SourceModel | undefined {
  return root.name === 'Booster' ? boosters.get(moduleOf(root))?.(root) : undefined
}

/** Boosters that were pickled without a wrapper, by the module they live in. */
const boosters: ReadonlyMap<string, (booster: PyObject) => SourceModel> = new Map([
  ['xgboost', xgboostBooster],
  ['lightgbm', lightgbmBooster],
])

/** The first part of the name of a module. */
function moduleOf({ module }: PyObject): string {
  return module.split('.', 1)[0]
}

function specOfObject(value: PyObject): EstimatorSpec | undefined {
  const spec = specOf(value.name)
  return spec !== undefined && moduleOf(value) === (spec.package?.module ?? 'sklearn') ? spec : undefined
}

/** Names of features that an estimator keeps in its own way, or reads without columns. */
export function namesOf(estimator: PyObject): readonly string[] | undefined {
  const spec = specOfObject(estimator)
  if (spec?.inputNames !== undefined) return spec.inputNames(estimator)
  return spec?.package?.modelOf(estimator).schema.features.map(({ name }) => name)
}
