// The value that a pickle describes in; the estimators in it with their steps and parameters, as plain JSON, out.

import { describePyValue } from '../formats/pickle/describe-py-value.ts'
import { pathWithin } from '../frontends/sklearn/place.ts'
import type { StepColumns } from '../frontends/sklearn/step-columns.ts'
import { NdArray, PyDict, PyGlobal, PyObject, PySet, type PyValue } from '../formats/pickle/values.ts'

export type EstimatorNode = {
  readonly className: string
  /** The part of its parent that it is: the name of a pipeline step, say; absent at the top. */
  readonly name?: string
  /** Attributes that a caller set: those that do not end in `_` and are short enough to show. */
  readonly parameters: Readonly<Record<string, string>>
  /** What goes in and comes out; absent where it is not known. */
  readonly columns?: StepColumns
  readonly children: readonly EstimatorNode[]
}

/** By path, as frontends name steps: `pipeline › preprocess › scale`. */
export type StepsByPath = ReadonlyMap<string, StepColumns>

/** Bounds the depth of nested pipelines that is shown; a file may nest deeper to hang a reader. */
const mostLevels = 16

/** Bounds what is shown: few bytes can name one estimator, or one list, exponentially often, or inside itself. */
const mostEstimators = 2000

/** Lists within lists of a parameter: `[(0, 1)]` has two levels. */
const mostListLevels = 3

export function describeEstimators(value: PyValue, steps: StepsByPath = new Map()): EstimatorNode {
  const path = value instanceof PyObject && value.name === 'Pipeline' ? 'pipeline' : ''
  return describe(value, { name: undefined, path, level: 0, shown: { count: 0 }, steps })
}

type Position = {
  readonly name: string | undefined
  readonly path: string
  readonly level: number
  readonly shown: { count: number }
  readonly steps: StepsByPath
}

function describe(value: PyValue, { name, path, level, shown, steps }: Position): EstimatorNode {
  const columns = steps.get(path)
  const named = { ...(name !== undefined && { name }), ...(columns !== undefined && { columns }) }
  if (!(value instanceof PyObject) || level > mostLevels || ++shown.count > mostEstimators)
    return { className: wordsOf(value), ...named, parameters: {}, children: [] }
  const entries = value.state instanceof PyDict ? value.state.entries : []
  const parameters: Record<string, string> = {}
  const children: EstimatorNode[] = []
  for (const [key, attribute] of entries) {
    if (typeof key !== 'string' || key.startsWith('_')) continue
    // Fitted copies of what `steps` and `transformers` list; ColumnTransformer keeps the fitted ones in the former.
    if (key === 'transformers') continue
    const parts = namedSteps(key, attribute)
    if (parts.length > 0) {
      for (const [part, estimator] of parts) {
        if (shown.count > mostEstimators) break
        const partPath = pathWithin({ path, className: value.name, version: '' }, part)
        children.push(describe(estimator, { name: part, path: partPath, level: level + 1, shown, steps }))
      }
      continue
    }
    if (!key.endsWith('_') && isShort(attribute)) parameters[key] = wordsOf(attribute)
  }
  return { className: value.name, ...named, parameters, children }
}

/** (name, estimator) or (name, estimator, columns) tuples of pipelines, unions and column transformers. */
function namedSteps(key: string, attribute: PyValue): [string, PyValue][] {
  if (!['steps', 'transformers_', 'transformer_list'].includes(key) || !Array.isArray(attribute)) return []
  return attribute.flatMap((step): [string, PyValue][] =>
    Array.isArray(step) && step.length >= 2 && typeof step[0] === 'string' ? [[step[0], step[1]]] : [],
  )
}

function isShort(value: PyValue): boolean {
  return !(value instanceof PyDict) && !(value instanceof NdArray && value.elementCount > 8)
}

function wordsOf(value: PyValue, level = 0): string {
  if (value === null) return 'None'
  if (typeof value === 'string') return value.length > 60 ? `${value.slice(0, 60)}…` : value
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof PyObject || value instanceof PyGlobal) return value.name
  if (value instanceof NdArray) return `array of shape (${value.shape.join(', ')})`
  if (value instanceof PyDict) return `dict of ${value.entries.length}`
  if (value instanceof PySet) return `set of ${value.items.length}`
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (value.length > 8 || level === mostListLevels) return describePyValue(value)
  return `(${value.map((element) => wordsOf(element, level + 1)).join(', ')})`
}
