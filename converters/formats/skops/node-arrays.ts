// A node that stands for an array, a numpy scalar or a sparse matrix in; its value out.

import { NdArray, PyDict, type PyObject, type PyValue } from '../pickle/values.ts'
import { readNpy } from './npy.ts'
import { SchemaNode } from './schema-node.ts'
import { skopsUnsupported } from './skops-error.ts'
import { type ByteBudget, openZip, type ZipParts } from './zip-parts.ts'

export type ArrayFiles = {
  readonly parts: ZipParts
  readonly budget: ByteBudget
  readonly arrays: Map<string, NdArray>
  read(node: SchemaNode): PyValue
}

/** `type` is `numpy`, a file, or `json`, a list of objects. */
export function readNodeArray(node: SchemaNode, files: ArrayFiles): PyValue {
  const type = node.text('type')
  if (type === 'json') return objectArray(node, files)
  if (type !== 'numpy') throw node.corrupt(`it is of type ${JSON.stringify(type.slice(0, 40))}`)
  const array = arrayOf(node, files)
  const className = node.text('__class__')
  if (className === 'ndarray' || className === 'matrix') return array
  return scalarOf(array, node)
}

/** As a pickle has it: a state of `_shape` and the arrays of the format. */
export function readSparseMatrix(node: SchemaNode, { parts, budget }: ArrayFiles, matrix: PyObject): PyObject {
  const bytes = parts.read(node.text('file'))
  if (bytes === undefined) throw node.corrupt('its file is missing')
  const inner = openZip(bytes, budget)
  const state = new PyDict()
  for (const name of inner.names) {
    const content = inner.read(name)
    // The format is that of the class; it is stored as bytes in a shape of its own.
    if (content === undefined || name === 'format.npy' || name === '_is_array.npy') continue
    const array = readNpy(content, node.within(name))
    const key = name.replace(/\.npy$/, '')
    state.entries.push(key === 'shape' ? ['_shape', [...(array.values as Iterable<PyValue>)]] : [key, array])
  }
  matrix.state = state
  return matrix
}

function arrayOf(node: SchemaNode, { parts, arrays }: ArrayFiles): NdArray {
  const name = node.text('file')
  const known = arrays.get(name)
  if (known !== undefined) return known
  const bytes = parts.read(name)
  if (bytes === undefined) throw node.corrupt('its file is missing')
  const array = readNpy(bytes, node.path)
  arrays.set(name, array)
  return array
}

function scalarOf(array: NdArray, node: SchemaNode): PyValue {
  if (array.shape.length > 0 || array.values.length !== 1) throw node.corrupt('a numpy scalar has more than one value')
  if (array.kind === 'V') throw skopsUnsupported(node.path, 'a numpy scalar of this type')
  const [value] = array.values as ArrayLike<PyValue> & Iterable<PyValue>
  return array.kind === 'b' ? value === 1 : value
}

/** Rows are lists in lists, as `tolist` gives them. */
function objectArray(node: SchemaNode, files: ArrayFiles): NdArray {
  const shape = files.read(node.node('shape'))
  const isShape = (value: PyValue): value is number[] =>
    Array.isArray(value) && value.length <= 64 && value.every((size) => Number.isSafeInteger(size) && Number(size) >= 0)
  if (!isShape(shape)) throw node.corrupt('its shape is wrong')
  const list = (value: unknown): readonly unknown[] => {
    if (Array.isArray(value)) return value as readonly unknown[]
    throw node.corrupt('its items are no list')
  }
  let items = list(node.field('content'))
  for (let axis = 0; axis < shape.length; axis++) {
    const expected = shape.slice(0, axis + 1).reduce((product, size) => product * size, 1)
    if (items.length !== expected)
      throw node.corrupt(`a list of ${items.length} items does not fit shape ${shape.join()}`)
    if (axis < shape.length - 1) items = items.flatMap((item) => list(new SchemaNode(item, node.path).field('content')))
  }
  if (shape.length === 0) throw node.corrupt('its shape is empty')
  const values = items.map((item, i) => files.read(new SchemaNode(item, node.within(String(i)))))
  return new NdArray('O', 8, shape, values)
}
