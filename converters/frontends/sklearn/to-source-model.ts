// A fitted scikit-learn estimator, as a pickle describes it, in; the source model out.

import { createError } from '../../../src/errors.ts'
import { FormulaFault } from '../../../src/regions/formula/formulas.ts'
import { PyDict, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import type { SourceModel } from '../source-model.ts'
import { describeValue } from './estimator-reader.ts'
import type { Predictor, Scope } from './estimator-spec.ts'
import { specOf } from './estimator-table.ts'
import type { ColumnSet } from './columns.ts'
import { GraphBuilder } from './graph-builder.ts'
import { readFeatureNames } from './input-features.ts'
import { boosterAlone, namesOf, open, type Opened } from './open-estimator.ts'
import { type Place, unsupported } from './place.ts'
import { type SlotSource, slotsInRows } from './slots/slots-in-rows.ts'
import { listenToStep, type StepListener } from './step-columns.ts'

/**
 * The model that `document` describes. @param listener is told the columns of each step
 * @throws UNSUPPORTED where it has an estimator, parameter or version that is not known; FILE_CORRUPT where it is broken.
 * @example
 * const source = sklearnToSourceModel(readPickle(bytes))
 */
export function sklearnToSourceModel(document: PyValue, listener?: StepListener): SourceModel {
  const root = rootOf(document)
  const booster = boosterAlone(root)
  if (booster !== undefined) return booster
  const path = root.name === 'Pipeline' ? 'pipeline' : ''
  const { place } = open(root, path).reader
  const builder = new GraphBuilder(readFeatureNames(root, namesOf))
  const scope = scopeOf(builder, listener)
  const predictor = canTransform(root) ? asTransformer(scope, root, place) : scope.predict(root, builder.input(), path)
  return toSourceModel(predictor, { builder, root, place })
}

type ModelContext = { readonly builder: GraphBuilder; readonly root: PyObject; readonly place: Place }

function toSourceModel(predictor: Predictor, { builder, root, place }: ModelContext): SourceModel {
  const { kind, head, output, outputs, classes } = predictor
  const { graph, features, dict } = rowsOf(builder, output)
  return {
    kind,
    head,
    graph,
    schema: {
      features,
      ...(dict && { dict }),
      ...(classes === undefined ? {} : { classes }),
      outputs,
    },
    source: {
      framework: place.framework ?? 'scikit-learn',
      frameworkVersion: place.version,
      estimator: describeSteps(root),
    },
  }
}

function rowsOf(
  builder: GraphBuilder,
  output: Predictor['output'],
): Pick<SlotSource, 'graph' | 'dict'> & Pick<SourceModel['schema'], 'features'> {
  const { dict, records, slotBlocks: blocks } = builder
  const graph = builder.graph(output)
  return blocks.length === 0
    ? { graph, features: builder.features(output), dict }
    : slotsInRows({ graph, records, blocks, dict })
}

/**
 * A pickle may name one object many times, so few bytes can describe endless or exponential nesting. Real models have
 * some hundred estimators (one a column, at worst) and nest less than ten deep.
 */
const estimatorCountLimit = 2000
const depthLimit = 50

function scopeOf(builder: GraphBuilder, listener?: StepListener): Scope {
  let openedCount = 0
  let depth = 0
  /** Opens an estimator while `use` runs. */
  function within<T>(value: PyValue, path: string, use: (opened: Opened) => T): T {
    if (++openedCount > estimatorCountLimit || depth >= depthLimit) {
      const limit = depth >= depthLimit ? `${depthLimit} levels` : `${estimatorCountLimit} estimators`
      throw createError(
        'LIMIT_EXCEEDED',
        `${path.slice(0, 200)}: the model has more than ${limit}, which no real one has.`,
      )
    }
    depth++
    const opened = open(value, path)
    const result = usable(opened.reader.place, () => use(opened))
    depth--
    return result
  }
  const scope: Scope = {
    builder,
    transform(value, columns, path) {
      const convert = ({ reader, spec }: Opened): ColumnSet => {
        if (spec.transform !== undefined) return spec.transform(reader, columns, scope)
        throw unsupported(reader.place, 'a predictor where columns are transformed', 'Use it as the last step.')
      }
      return listenToStep(listener, { path, input: columns, builder }, () => within(value, path, convert))
    },
    predict(value, columns, path) {
      const convert = ({ reader, spec }: Opened): Predictor => {
        if (spec.predict !== undefined) return spec.predict(reader, columns, scope)
        throw unsupported(
          reader.place,
          'a transformer where a prediction is made',
          'End the pipeline with a predictor.',
        )
      }
      return listenToStep(listener, { path, input: columns, builder }, () => within(value, path, convert))
    },
  }
  return scope
}

/** Numbers of a file may be such that what is computed of them is none. */
function usable<T>(place: Place, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof FormulaFault)) throw error
    throw unsupported(place, `what follows from its numbers (${error.message})`, 'Scale the data before it is fitted.')
  }
}

function rootOf(document: PyValue): PyObject {
  if (document instanceof PyObject && !isNoEstimator(document)) return document
  const place = placeOfEstimator(document)
  throw createError(
    'UNSUPPORTED',
    `The file holds ${describeValue(document)}, expected one fitted scikit-learn estimator. Save the estimator itself` +
      (place === undefined
        ? ', best a Pipeline with all its steps.'
        : `: joblib.dump(content${place}, 'model.joblib').`),
  )
}

/** A table of pandas, or a part of scikit-learn that has no version of its own (a scorer, a tree, a splitter). */
function isNoEstimator({ module, name, state }: PyObject): boolean {
  const isVersioned = state instanceof PyDict && state.get('_sklearn_version') !== undefined
  return /^(sklearn|pandas)\./.test(`${module}.`) && !isVersioned && specOf(name) === undefined
}

/** Where the only estimator of a dict or list stands, as Python writes it. */
function placeOfEstimator(document: PyValue): string | undefined {
  const entries =
    document instanceof PyDict
      ? document.entries
      : Array.isArray(document)
        ? document.map((value, i): [PyValue, PyValue] => [i, value])
        : []
  const found = entries.filter(([, value]) => value instanceof PyObject && specOf(value.name) !== undefined)
  const [key] = found.length === 1 ? found[0] : []
  return (typeof key === 'string' && key.length < 40) || typeof key === 'number'
    ? `[${JSON.stringify(key)}]`
    : undefined
}

/** True where the model is a transformer: the last step of its pipeline, or itself, transforms. */
function canTransform(root: PyObject): boolean {
  let value: PyValue = root
  for (let level = 0; level < depthLimit && value instanceof PyObject && value.name === 'Pipeline'; level++) {
    const last: PyValue | undefined = stepsOf(value)?.at(-1)
    if (!Array.isArray(last) || last.length !== 2) return false
    value = last[1]
  }
  if (!(value instanceof PyObject)) return value === null || value === 'passthrough'
  const spec = specOf(value.name)
  return spec !== undefined && spec.predict === undefined
}

function stepsOf(pipeline: PyObject): readonly PyValue[] | undefined {
  const steps = pipeline.state instanceof PyDict ? pipeline.state.get('steps') : undefined
  return Array.isArray(steps) ? steps : undefined
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

/** `Pipeline(ColumnTransformer, GradientBoostingClassifier)`; what has been read has no cycles. */
function describeSteps(value: PyObject): string {
  const steps = value.name === 'Pipeline' ? stepsOf(value) : undefined
  if (steps === undefined) return value.name
  const names = steps.map((step) => {
    const estimator = Array.isArray(step) ? step[1] : undefined
    return estimator instanceof PyObject ? describeSteps(estimator) : 'passthrough'
  })
  return `${value.name}(${names.join(', ')})`
}
