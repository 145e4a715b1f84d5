// A decoded value in, JSON out, in the notation that test/golden/pickle/generate.py writes.
import {
  NdArray,
  PyDict,
  PyGlobal,
  PyObject,
  PySet,
  type PyValue,
} from '../../../../converters/formats/pickle/values.ts'

export function toPlain(value: PyValue | undefined): unknown {
  if (value === undefined || value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'bigint') return { bigint: String(value) }
  if (typeof value === 'number') {
    return Number.isFinite(value) && !Object.is(value, -0) ? value : { number: value === 0 ? '-0' : String(value) }
  }
  if (value instanceof Uint8Array) return { bytes: [...value] }
  if (Array.isArray(value)) return value.map(toPlain)
  if (value instanceof PyDict) return { dict: value.entries.map(([key, item]) => [toPlain(key), toPlain(item)]) }
  if (value instanceof PySet) return { set: value.items.map(toPlain).sort() }
  if (value instanceof NdArray) return toPlainArray(value)
  if (value instanceof PyGlobal || value instanceof PyObject) return { name: `${value.module}.${value.name}` }
  return value satisfies never
}

function toPlainArray({ kind, itemByteLength, shape, values, fields }: NdArray): unknown {
  if (fields === undefined) {
    return { kind, itemByteLength, shape: [...shape], values: Array.from<PyValue, unknown>(values, toPlain) }
  }
  const plainFields = Object.fromEntries([...fields].map(([name, array]) => [name, toPlainArray(array)]))
  return { kind, itemByteLength, shape: [...shape], fields: plainFields }
}

/** The value at the end of a path of attributes, dict keys and positions. */
export function valueAt(value: PyValue | undefined, path: readonly (string | number)[]): PyValue | undefined {
  let here = value
  for (const step of path) {
    if (here instanceof PyObject) here = here.state
    if (here instanceof PyDict && typeof step === 'string') here = here.get(step)
    else if (Array.isArray(here) && typeof step === 'number') here = here[step]
    else if (here instanceof NdArray && here.kind === 'O' && typeof step === 'number') here = here.values[step]
    else return undefined
  }
  return here
}
