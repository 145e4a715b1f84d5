// The bytes of a skops file in; the value it describes, as the same inert records that a pickle gives, out.

import { isAllowedGlobal } from '../pickle/allow-list.ts'
import { NdArray, PyDict, PyGlobal, PyObject, PySet, type PyValue } from '../pickle/values.ts'
import { readNodeArray, readSparseMatrix, type ArrayFiles } from './node-arrays.ts'
import { readKey, readScalar } from './scalar.ts'
import { SchemaNode } from './schema-node.ts'
import { skopsCorrupt, skopsUnsafe, skopsUnsupported } from './skops-error.ts'
import { skopsLimitError, skopsLimits } from './skops-limits.ts'
import { type ByteBudget, openZip, type ZipParts } from './zip-parts.ts'

const schemaName = 'schema.json'
/** The newest of skops 0.16; older ones differ in random states only, which no prediction needs. */
const newestProtocol = 2

/**
 * What `skops.io.dump` of skops 0.10 to 0.16 wrote. Names outside the allow list of pickles are refused; nothing is run.
 * @throws FILE_CORRUPT, UNSAFE_CONTENT, UNSUPPORTED, LIMIT_EXCEEDED
 * @example
 * const model = readSkops(await readFile('model.skops'))
 */
export function readSkops(bytes: Uint8Array): PyValue {
  const budget = { left: skopsLimits.byteLength }
  const parts = openZip(bytes, budget)
  const schema = readSchema(parts)
  const protocol = schema.field('protocol')
  if (protocol !== 0 && protocol !== 1 && protocol !== newestProtocol)
    throw skopsUnsupported(schemaName, `protocol ${String(protocol).slice(0, 20)}`, 'Save it by skops 0.16 or older')
  return new NodeReader(parts, budget).read(schema)
}

function readSchema(parts: ZipParts): SchemaNode {
  const bytes = parts.read(schemaName)
  if (bytes === undefined) throw skopsCorrupt(schemaName, 'it is missing')
  if (bytes.length > skopsLimits.schemaByteLength) throw skopsLimitError('schemaByteLength', bytes.length)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw skopsCorrupt(schemaName, 'it is no JSON', cause)
  }
  return new SchemaNode(value, '')
}

/** Reads nodes by their `__loader__`: skops/io/_general.py, _numpy.py, _scipy.py and _sklearn.py of skops 0.16. */
class NodeReader implements ArrayFiles {
  readonly parts: ZipParts
  readonly budget: ByteBudget
  /** One file may be named by many nodes. */
  readonly arrays = new Map<string, NdArray>()
  #depth = 0
  #count = 0

  constructor(parts: ZipParts, budget: ByteBudget) {
    this.parts = parts
    this.budget = budget
  }

  read(node: SchemaNode): PyValue {
    if (++this.#count > skopsLimits.nodeCount) throw skopsLimitError('nodeCount', this.#count)
    if (++this.#depth > skopsLimits.depth) throw skopsLimitError('depth', this.#depth)
    const value = this.#readNode(node)
    this.#depth--
    return value
  }

  readAll(node: SchemaNode, name = 'content'): PyValue[] {
    return node.list(name).map((item, i) => this.read(new SchemaNode(item, node.within(String(i)))))
  }

  #readNode(node: SchemaNode): PyValue {
    const loader = node.text('__loader__')
    switch (loader) {
      case 'JsonNode':
        return this.#scalar(node)
      case 'DictNode':
        return this.#dict(node)
      case 'DefaultDictNode':
        return this.read(node.part('main'))
      case 'ListNode':
      case 'TupleNode':
        return this.#list(node)
      case 'SetNode': {
        const set = new PySet()
        for (const item of this.readAll(node)) set.items.push(item)
        return set
      }
      case 'NdArrayNode':
        return readNodeArray(node, this)
      case 'SparseMatrixNode':
        return readSparseMatrix(node, this, this.#object(node))
      case 'BytesNode':
      case 'BytearrayNode':
        return this.#file(node)
      case 'TypeNode':
      case 'FunctionNode':
        return this.#name(node)
      case 'ObjectNode':
        return this.#stateful(node, [])
      case 'TreeNode':
      case 'LossNode':
        return this.#stateful(node, this.#arguments(node.node('__reduce__').node('args')))
      case 'ConstructorFromReduceNode':
        return this.#object(node, this.#arguments(node.node('content')))
      case 'PartialNode':
        return this.#partial(node)
      case 'SliceNode':
        return this.#object(
          node,
          ['start', 'stop', 'step'].map((name) => this.#bound(node, name)),
        )
      // Random states and masked arrays change no prediction: their class is kept, and no more.
      case 'RandomStateNode':
      case 'RandomGeneratorNode':
      case 'MaskedArrayNode':
        return this.#object(node)
      case 'DTypeNode':
        return this.#object(node, dtypeArguments(this.read(node.node('content'))))
      default:
        throw skopsUnsupported(node.path, `a node of kind ${JSON.stringify(loader.slice(0, 40))}`)
    }
  }

  #scalar(node: SchemaNode): PyValue {
    const value = readScalar(node.text('content'))
    if (value === undefined) throw node.corrupt('it is no scalar')
    return value
  }

  #dict(node: SchemaNode): PyValue {
    const entries = node.entries('content')
    const types = node.node('key_types').list('content')
    if (types.length !== entries.length) throw node.corrupt('its keys and their types are not as many')
    const names = types.map((type) => new SchemaNode(type, node.within('key_types')).text('__class__'))
    // Texts of whole numbers do not keep their place among others in JavaScript, so types must not tell them apart.
    if (new Set(names).size > 1 && entries.some(([key]) => /^\d+$/.test(key)))
      throw skopsUnsupported(node.path, 'a dict with keys of several types')
    const read = entries.map(([text, value], i): [PyValue, PyValue] => {
      const key = readKey(text, names[i])
      if (key === undefined) throw node.corrupt(`a key is no ${names[i].slice(0, 40)}`)
      return [key, this.read(new SchemaNode(value, node.within(text)))]
    })
    const className = node.text('__class__')
    const isPlain = className === 'dict' || className === 'OrderedDict'
    const dict = isPlain ? new PyDict() : this.#object(node)
    for (const entry of read) dict.entries.push(entry)
    return dict
  }

  #list(node: SchemaNode): PyValue {
    const items = this.readAll(node)
    const className = node.text('__class__')
    if (className === 'list' || className === 'tuple') return items
    if (node.text('__loader__') === 'TupleNode') return this.#object(node, items)
    const list = this.#object(node)
    for (const item of items) list.items.push(item)
    return list
  }

  #file(node: SchemaNode): Uint8Array {
    const bytes = this.parts.read(node.text('file'))
    if (bytes === undefined) throw node.corrupt('its file is missing')
    return bytes
  }

  #stateful(node: SchemaNode, args: readonly PyValue[]): PyObject {
    const object = this.#object(node, args)
    // None stands for an object without attributes, to which a pickle gives no state.
    if (node.field('content') != null) object.state = this.read(node.node('content')) ?? undefined
    return object
  }

  #arguments(node: SchemaNode): readonly PyValue[] {
    const args = this.read(node)
    if (Array.isArray(args)) return args
    throw node.corrupt('arguments are no tuple')
  }

  /** As a pickle has it: functools.partial(function), and a state of four. */
  #partial(node: SchemaNode): PyObject {
    const parts = ['func', 'args', 'kwds', 'namespace'].map((name) => this.read(node.part(name)))
    const object = this.#object(node, parts.slice(0, 1))
    object.state = parts
    return object
  }

  #bound(node: SchemaNode, name: string): PyValue {
    const value = new Map(node.entries('content')).get(name)
    if (value === null || (typeof value === 'number' && Number.isSafeInteger(value))) return value
    throw node.corrupt(`${name} is no whole number`)
  }

  #object(node: SchemaNode, args: readonly PyValue[] = []): PyObject {
    const { module, name } = this.#name(node)
    return new PyObject(module, name, args)
  }

  #name(node: SchemaNode): PyGlobal {
    const [module, name] = [node.text('__module__'), node.text('__class__')]
    if (isAllowedGlobal(module, name)) return new PyGlobal(module, name)
    throw skopsUnsafe(node.path, `it names ${`${module}.${name}`.slice(0, 120)}, which no supported model needs`)
  }
}

/** As numpy.dtype is called in a pickle: a type code, and what makes it a copy. */
function dtypeArguments(empty: PyValue): readonly PyValue[] {
  if (!(empty instanceof NdArray)) return []
  const length = empty.kind === 'U' ? empty.itemByteLength / 4 : empty.itemByteLength
  return [`${empty.kind}${length}`, false, true]
}
