// A fitted estimator in; the names of the raw features of the whole model, in order, out.

import { PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { describeValue, toValues } from './estimator-reader.ts'
import { corruptAttribute, missingAttribute, notRefitted, type Place } from './place.ts'

/** A fitted table has one column a feature; no real one is wider, and a hostile count must not allocate. */
const featureCountLimit = 1_000_000

/** Names by `namesOf`, `feature_names_in_`, or x0 … x{n−1}; a Pipeline or FeatureUnion has them in its first step. */
export function readFeatureNames(
  root: PyObject,
  namesOf: (estimator: PyObject) => readonly string[] | undefined,
): readonly string[] {
  const place: Place = { path: '', className: root.name, version: versionOf(root) }
  const found = firstWith(root, (estimator) => {
    const hasCount = attribute(estimator, 'feature_names_in_') ?? attribute(estimator, 'n_features_in_')
    return hasCount !== undefined || namesOf(estimator) !== undefined
  })
  const own = found === undefined ? undefined : namesOf(found)
  if (own !== undefined) return own
  const names = attribute(found, 'feature_names_in_')
  if (names !== undefined) return toNames(names, place)
  const count = attribute(found, 'n_features_in_')
  if (typeof count === 'number' && Number.isSafeInteger(count) && count > 0 && count <= featureCountLimit) {
    return Array.from({ length: count }, (_, i) => `x${i}`)
  }
  // It reads one vector, and does not say so.
  if (['IsotonicRegression', 'LabelEncoder', 'LabelBinarizer'].includes(root.name)) return ['x0']
  if (count === undefined)
    throw attribute(root, 'cv_results_') === undefined ? missingAttribute(place, 'n_features_in_') : notRefitted(place)
  throw corruptAttribute(place, 'n_features_in_', 'the number of features of a fitted estimator', describeValue(count))
}

function toNames(value: PyValue, place: Place): string[] {
  const names = toValues(value)
  if (names === undefined || names.length === 0 || !names.every((name) => typeof name === 'string')) {
    throw corruptAttribute(place, 'feature_names_in_', 'a vector of texts', describeValue(value))
  }
  if (new Set(names).size !== names.length) {
    throw corruptAttribute(place, 'feature_names_in_', 'distinct names', 'a repeated one')
  }
  return names as string[]
}

function versionOf(object: PyObject): string {
  const version = attribute(object, '_sklearn_version')
  return typeof version === 'string' ? version : 'unknown'
}

function attribute(object: PyObject | undefined, name: string): PyValue | undefined {
  return object?.state instanceof PyDict ? object.state.get(name) : undefined
}

/** The estimator itself, or the first one among its steps, that has one of the attributes; looks only down first steps. */
function firstWith(root: PyObject, isIt: (estimator: PyObject) => boolean): PyObject | undefined {
  const seen = new Set<PyObject>()
  const pending: PyObject[] = [root]
  for (let object = pending.shift(); object !== undefined; object = pending.shift()) {
    if (seen.has(object)) continue
    seen.add(object)
    if (isIt(object)) return object
    const steps = attribute(object, 'steps') ?? attribute(object, 'transformer_list')
    if (!Array.isArray(steps)) {
      pending.push(...innerEstimators(object))
      continue
    }
    // All of them see the same columns until one transforms them, and passthrough steps say nothing.
    const isUnion = attribute(object, 'transformer_list') !== undefined
    const estimators = steps
      .map((step) => (Array.isArray(step) ? step[1] : undefined))
      .filter((e) => e instanceof PyObject)
    // A function of each number keeps the columns; scikit-learn 1.0 does not note how many they are.
    const first = estimators.findIndex((estimator) => !isSilent(estimator))
    pending.push(...(isUnion ? estimators : estimators.slice(0, first < 0 ? estimators.length : first + 1)))
  }
  return undefined
}

/** Fitted estimators that read the very columns of the one that holds them. */
function innerEstimators(object: PyObject): PyObject[] {
  const members = attribute(object, 'estimators_')
  const inner = ['best_estimator_', 'estimator_', 'base_estimator_', 'regressor_', 'estimator'].map((name) =>
    attribute(object, name),
  )
  return [...(Array.isArray(members) ? members.slice(0, 1) : []), ...inner].filter((e) => e instanceof PyObject)
}

/** A FunctionTransformer, or a Pipeline of nothing else. */
function isSilent(estimator: PyObject, level = 0): boolean {
  if (estimator.name === 'FunctionTransformer') return true
  const steps = estimator.name === 'Pipeline' && level < silentDepth ? attribute(estimator, 'steps') : undefined
  if (!Array.isArray(steps) || steps.length > silentSteps) return false
  return steps.every((step) => Array.isArray(step) && step[1] instanceof PyObject && isSilent(step[1], level + 1))
}

/** Pipelines that name one pipeline many times must not be walked without end. */
const silentDepth = 4
const silentSteps = 20
