// A fitted scikit-learn estimator, as a pickle describes it, in; the source model out.

import { createError } from '../../../src/errors.ts'
import { PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import type { SourceModel } from '../source-model.ts'
import { describeValue, EstimatorReader } from './estimator-reader.ts'
import { type EstimatorSpec, parseVersion, type Predictor, type Scope, supportedVersions } from './estimator-spec.ts'
import { specOf, supportedEstimators } from './estimator-table.ts'
import { GraphBuilder } from './graph-builder.ts'
import { readFeatureNames } from './input-features.ts'
import { type Place, unsupported } from './place.ts'

/**
 * The model that `document` describes.
 * @throws UNSUPPORTED where it has an estimator, parameter or version that is not known; FILE_CORRUPT where it is broken.
 * @example
 * const source = sklearnToSourceModel(readPickle(bytes))
 */
export function sklearnToSourceModel(document: PyValue): SourceModel {
  const root = rootOf(document)
  const builder = new GraphBuilder(readFeatureNames(root))
  const scope = scopeOf(builder)
  const { reader, spec } = open(root, root.name === 'Pipeline' ? 'pipeline' : '')
  const predictor = canTransform(root)
    ? asTransformer(scope, root, reader.place)
    : spec.predict?.(reader, builder.input(), scope)
  if (predictor === undefined) throw unsupported(reader.place, 'a model that neither predicts nor transforms', '')
  return toSourceModel(predictor, { builder, root, reader })
}

type ModelContext = { readonly builder: GraphBuilder; readonly root: PyObject; readonly reader: EstimatorReader }

function toSourceModel(predictor: Predictor, { builder, root, reader }: ModelContext): SourceModel {
  const { kind, head, output, outputs, classes } = predictor
  return {
    kind,
    head,
    graph: builder.graph(output),
    schema: { features: builder.features(output), ...(classes === undefined ? {} : { classes }), outputs },
    source: {
      framework: 'scikit-learn',
      frameworkVersion: reader.place.version,
      estimator: describeSteps(root),
    },
  }
}

function scopeOf(builder: GraphBuilder): Scope {
  const scope: Scope = {
    builder,
    transform(value, columns, path) {
      const { reader, spec } = open(value, path)
      if (spec.transform !== undefined) return spec.transform(reader, columns, scope)
      throw unsupported(reader.place, 'a predictor where columns are transformed', 'Use it as the last step.')
    },
    predict(value, columns, path) {
      const { reader, spec } = open(value, path)
      if (spec.predict !== undefined) return spec.predict(reader, columns, scope)
      throw unsupported(reader.place, 'a transformer where a prediction is made', 'End the pipeline with a predictor.')
    },
  }
  return scope
}

type Opened = { readonly reader: EstimatorReader; readonly spec: EstimatorSpec }

/** The spec of an estimator and a reader over its attributes. */
function open(value: PyValue, path: string): Opened {
  if (!(value instanceof PyObject)) {
    const place = { path, className: describeValue(value), version: 'unknown' }
    throw unsupported(place, 'a step that is no estimator', supportText())
  }
  const version = value.state instanceof PyDict ? value.state.get('_sklearn_version') : undefined
  const place: Place = { path, className: value.name, version: typeof version === 'string' ? version : 'unknown' }
  const spec = value.module.startsWith('sklearn.') ? specOf(value.name) : undefined
  if (spec === undefined) throw unsupported(place, `class ${value.module}.${value.name}`, supportText())
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

function supportText(): string {
  return `Supported are ${supportedEstimators()
    .map(({ name }) => name)
    .join(', ')}.`
}

function rootOf(document: PyValue): PyObject {
  if (document instanceof PyObject) return document
  throw createError(
    'UNSUPPORTED',
    `The file holds ${describeValue(document)}, expected one fitted scikit-learn estimator. Save the estimator itself, ` +
      'best a Pipeline with all its steps.',
  )
}

/** True where the model is a transformer: the last step of its pipeline, or itself, transforms. */
function canTransform(value: PyValue): boolean {
  if (!(value instanceof PyObject)) return value === null || value === 'passthrough'
  if (value.name !== 'Pipeline') return specOf(value.name)?.predict === undefined && specOf(value.name) !== undefined
  const steps = value.state instanceof PyDict ? value.state.get('steps') : undefined
  const last = Array.isArray(steps) ? steps.at(-1) : undefined
  return Array.isArray(last) && last.length === 2 && canTransform(last[1])
}

/** The outputs of a transformer are the raw columns themselves. */
function asTransformer(scope: Scope, root: PyObject, place: Place): Predictor {
  const { columns } = scope.transform(root, scope.builder.input(), place.path)
  if (columns.length === 0)
    throw unsupported(place, 'a transformer without output columns', 'Keep at least one column.')
  for (const column of columns) if (column.domain === 'feature') scope.builder.declareNumber(column, place)
  const output = columns.map(({ ref }) => ref)
  return { kind: 'transformer', output, head: { kind: 'transformer', width: output.length }, outputs: ['vector'] }
}

/** `Pipeline(ColumnTransformer, GradientBoostingClassifier)`. */
function describeSteps(value: PyObject): string {
  const steps = value.name === 'Pipeline' && value.state instanceof PyDict ? value.state.get('steps') : undefined
  if (!Array.isArray(steps)) return value.name
  const names = steps.map((step) => {
    const estimator = Array.isArray(step) ? step[1] : undefined
    return estimator instanceof PyObject ? describeSteps(estimator) : 'passthrough'
  })
  return `${value.name}(${names.join(', ')})`
}
