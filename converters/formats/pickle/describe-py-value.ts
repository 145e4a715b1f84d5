// A decoded value in, a few words for a message out: 'sklearn.svm._classes.SVC', 'list of 3', 'float64 array of shape (2, 3)'.
import { NdArray, PyDict, PyGlobal, PyObject, PySet, type PyValue } from './values.ts'

const longestText = 120

/** What `value` is, in at most 120 characters; values inside it are counted, never shown. */
export function describePyValue(value: PyValue | undefined): string {
  const text = describeWhole(value)
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`
}

function describeWhole(value: PyValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  if (typeof value === 'bigint') return `an integer of about ${value.toString(16).length} hexadecimal digits`
  if (typeof value === 'string') return JSON.stringify(value.slice(0, longestText))
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `list of ${value.length}`
  if (value instanceof PyDict) return `dict of ${value.entries.length}`
  if (value instanceof PySet) return `set of ${value.items.length}`
  if (value instanceof NdArray) return describeArray(value)
  if (value instanceof PyGlobal) return `${value.module}.${value.name}`
  if (value instanceof PyObject) return `${value.module}.${value.name}`
  return value satisfies never
}

const kindNames = {
  f: 'float',
  i: 'int',
  u: 'uint',
  b: 'bool',
  U: 'text',
  S: 'bytes',
  O: 'object',
  V: 'record',
} as const

function describeArray({ kind, itemByteLength, shape }: NdArray): string {
  const bits = kind === 'f' || kind === 'i' || kind === 'u' ? String(8 * itemByteLength) : ''
  return `${kindNames[kind]}${bits} array of shape (${shape.join(', ')})`
}
