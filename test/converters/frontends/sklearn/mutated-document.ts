// A document as a pickle describes it in; places in it that can be changed, and values to change them to, out.

import { NdArray, PyDict, PyGlobal, PyObject, type PyValue } from '../../../../converters/formats/pickle/values.ts'

/** A place that holds a value; `set` writes another one there. */
export type Slot = { readonly path: string; readonly get: () => PyValue; readonly set: (value: PyValue) => void }

/** Every place below `root` that a reader may look at; of long lists only some items, since they are alike. */
export function slotsOf(root: PyValue): Slot[] {
  const slots: Slot[] = []
  const seen = new Set<PyValue>()
  const pending: [PyValue, string][] = [[root, '']]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [value, path] = next
    if (typeof value !== 'object' || value === null || seen.has(value)) continue
    seen.add(value)
    for (const slot of ownSlots(value, path)) {
      slots.push(slot)
      pending.push([slot.get(), slot.path])
    }
    if (value instanceof PyObject) pending.push([value.state ?? null, `${path}.state`])
  }
  return slots
}

function ownSlots(value: object, path: string): Slot[] {
  if (value instanceof PyDict) {
    return value.entries.map((entry) => ({
      path: `${path}.${String(entry[0])}`,
      get: () => entry[1],
      set: (changed) => {
        entry[1] = changed
      },
    }))
  }
  if (value instanceof NdArray && value.fields !== undefined) {
    const fields = value.fields as Map<string, NdArray>
    return [...fields.keys()].map((name) => ({
      path: `${path}.${name}`,
      get: () => fields.get(name) ?? null,
      set: (changed) => {
        if (changed instanceof NdArray) fields.set(name, changed)
        else fields.delete(name)
      },
    }))
  }
  const items = Array.isArray(value) ? (value as PyValue[]) : value instanceof NdArray ? objectItems(value) : []
  return [...items.keys()]
    .filter((i) => i < 8 || i === items.length - 1)
    .map((i) => ({
      path: `${path}[${i}]`,
      get: () => items[i],
      set: (changed) => {
        items[i] = changed
      },
    }))
}

function objectItems(array: NdArray): PyValue[] {
  return array.kind === 'O' ? (array.values as PyValue[]) : []
}

function floats(shape: number[], ...values: number[]): NdArray {
  return new NdArray('f', 8, shape, Float64Array.from(values))
}

/** What a hostile file may write anywhere. */
export const junk: readonly PyValue[] = [
  null,
  true,
  -1,
  0,
  1.5,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  2n ** 70n,
  '',
  'drop',
  'constructor',
  new Uint8Array(3),
  [],
  [[]],
  [null, null, null],
  new PyDict(),
  new PyGlobal('sklearn.x', 'Y'),
  new PyObject('sklearn.tree._tree', 'Tree', [1]),
  new PyObject('sklearn.preprocessing._data', 'StandardScaler', []),
  floats([0]),
  floats([1], Number.NaN),
  floats([2], 1, 2),
  floats([1, 1], 1),
  // The shape claims more than there is.
  floats([1e9], 1),
  floats([1, 1, 1], -1),
  new NdArray('U', 4, [1], ['a']),
  new NdArray('O', 8, [2], [null, 'a']),
  new NdArray('i', 8, [1], BigInt64Array.of(2n ** 60n)),
  new NdArray('V', 8, [1], [], new Map([['left_child', floats([1], 0)]])),
]

/** Values of a numeric array changed in place at one end; the undo. */
export function corruptNumber(array: NdArray, index: number, value: number): (() => void) | undefined {
  const { values } = array
  if (!(values instanceof Float64Array || values instanceof Int32Array || values instanceof Uint8Array))
    return undefined
  if (index >= values.length) return undefined
  const before = values[index]
  values[index] = value
  return () => {
    values[index] = before
  }
}
