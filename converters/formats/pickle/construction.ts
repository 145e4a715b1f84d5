// What a pickle asks to call in, what stands for the result out: plain values for the few known calls, else inert records.
import { toCanonicalModule } from './allow-list.ts'
import { decodeArray, toObjectArray } from './array-decoding.ts'
import { isDtypeRecord, toDtype, toShape } from './dtype.ts'
import type { PickleSource } from './pickle-source.ts'
import { NdArray, PyDict, PyGlobal, PyObject, PySet, type PyValue } from './values.ts'

type Construction = (args: readonly PyValue[], source: PickleSource) => PyValue | undefined

/** The value that stands for `callable(*args)`, which is never called. */
export function construct(callable: PyValue, args: PyValue, source: PickleSource): PyValue {
  if (!(callable instanceof PyGlobal)) {
    throw source.unsafe('it asks to call something that is not a named class or function')
  }
  if (!Array.isArray(args)) throw source.corrupt(`the arguments of ${callable.name} are not a tuple`)
  source.countObjects(1)
  const known = constructions.get(`${toCanonicalModule(callable.module)}.${callable.name}`)
  return known?.(args, source) ?? new PyObject(callable.module, callable.name, args)
}

const arrayClasses = new Set(['ndarray', 'matrix', 'memmap', 'recarray'])

// A construction that answers undefined leaves a record with the name and arguments as given.
const constructions: ReadonlyMap<string, Construction> = new Map<string, Construction>([
  ['builtins.getattr', toMethod],
  ['numpy.core.multiarray._reconstruct', ([type], source) => (isArrayClass(type) ? emptyArray(source) : undefined)],
  ['numpy.core.multiarray.scalar', toScalar],
  ['numpy.core.numeric._frombuffer', fromBuffer],
  ['_codecs.encode', encodeLatin1],
  ['copyreg._reconstructor', reconstructInstance],
  ['copyreg.__newobj__', (args, source) => makeInstance(args[0], toList(args, source).slice(1), source)],
  ['copyreg.__newobj_ex__', ([type, args], source) => makeInstance(type, args, source)],
  ['builtins.set', toSet],
  ['builtins.frozenset', toSet],
  ['builtins.list', ([items = []], source) => (Array.isArray(items) ? toList(items, source) : undefined)],
  ['builtins.tuple', ([items = []], source) => (Array.isArray(items) ? toList(items, source) : undefined)],
  ['builtins.dict', toDict],
  ['collections.OrderedDict', toDict],
  ['collections.defaultdict', ([, items], source) => toDict([items ?? []], source)],
  ['builtins.bytes', toByteString],
  ['builtins.bytearray', toByteString],
])

/** numpy.ndarray.__setstate__: (version, shape, dtype, is Fortran, bytes or list); the array is filled where it stands. */
export function setArrayState(array: NdArray, state: PyValue, source: PickleSource): void {
  if (!Array.isArray(state) || state.length < 4) throw source.corrupt('the state of a numpy array is not a tuple of 5')
  // The oldest form has no version in front.
  const [shape, dtype, isFortran, content] = state.length === 4 ? state : state.slice(1, 5)
  const layout = { dtype: toDtype(dtype, source), shape: toShape(shape, source), isFortran: isTrue(isFortran) }
  const filled = Array.isArray(content)
    ? toObjectArray(layout, content, source)
    : decodeArray(layout, toBytes(content, source), source)
  // The memo may hold the array already, so it keeps its identity; nobody outside has seen it yet.
  Object.assign(array, filled)
}

function isArrayClass(type: PyValue | undefined): boolean {
  return type instanceof PyGlobal && type.module.startsWith('numpy') && arrayClasses.has(type.name)
}

function emptyArray(source: PickleSource): NdArray {
  source.countObjects(4)
  return new NdArray('i', 1, [0], new Int32Array(0))
}

function isTrue(flag: PyValue | undefined): boolean {
  return flag !== false && flag !== 0 && flag != null
}

function toScalar([type, content]: readonly PyValue[], source: PickleSource): PyValue | undefined {
  if (!isDtypeRecord(type)) throw source.corrupt('a numpy scalar has no dtype')
  const dtype = toDtype(type, source)
  if (dtype.kind === 'O') return content
  if (dtype.kind === 'V' || dtype.kind === 'opaque') return undefined
  const { values } = decodeArray({ dtype, shape: [], isFortran: false }, toBytes(content, source), source)
  return dtype.kind === 'b' ? values[0] === 1 : values[0]
}

function fromBuffer([buffer, type, shape, order]: readonly PyValue[], source: PickleSource): NdArray {
  const layout = { dtype: toDtype(type, source), shape: toShape(shape, source), isFortran: order === 'F' }
  return decodeArray(layout, toBytes(buffer, source), source)
}

function toBytes(content: PyValue | undefined, source: PickleSource): Uint8Array {
  if (content instanceof Uint8Array) return content
  if (typeof content === 'string') return latin1Bytes(content, source)
  throw source.corrupt('a numpy value has no bytes')
}

/** Bytes as protocols 0 to 2 write them: `_codecs.encode(text, 'latin1')`. */
function encodeLatin1([text, encoding]: readonly PyValue[], source: PickleSource): PyValue {
  const isLatin1 = encoding === 'latin1' || encoding === 'latin-1'
  if (typeof text === 'string' && isLatin1) return latin1Bytes(text, source)
  throw source.unsupported('_codecs.encode is known with a text and latin1 only')
}

function latin1Bytes(text: string, source: PickleSource): Uint8Array {
  source.countWork(text.length)
  source.countObjects(2)
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0xff) throw source.corrupt('a text that stands for bytes has characters beyond latin1')
    bytes[i] = unit
  }
  return bytes
}

/** copyreg._reconstructor(class, base, base value): how protocols 0 and 1 make instances. */
function reconstructInstance([type, base, value]: readonly PyValue[], source: PickleSource): PyValue {
  if (!(type instanceof PyGlobal)) throw source.unsafe('it asks to make an instance of something that is not a class')
  const baseName = base instanceof PyGlobal ? base.name : 'object'
  const object = new PyObject(type.module, type.name, baseName === 'object' ? [] : [value ?? null])
  if (baseName === 'dict' && value instanceof PyDict) {
    source.countWork(value.entries.length)
    for (const entry of value.entries) object.entries.push(entry)
  }
  if (baseName === 'list' && Array.isArray(value)) for (const item of toList(value, source)) object.items.push(item)
  return object
}

/** `copyreg` itself has no instances; letting it make itself would never end. */
function makeInstance(type: PyValue | undefined, args: PyValue | undefined, source: PickleSource): PyValue {
  if (type instanceof PyGlobal && toCanonicalModule(type.module) !== 'copyreg') {
    return construct(type, args ?? [], source)
  }
  throw source.unsafe('it asks to make an instance of something that is not a class')
}

/**
 * A method of an object, as Python pickles it (HistGradientBoosting 1.4 and later keeps one once a scorer stopped it): its
 * name, without the object, so that nothing that was read holds itself.
 */
function toMethod([owner, name]: readonly PyValue[], source: PickleSource): PyGlobal {
  if (owner instanceof PyObject && typeof name === 'string' && /^_?[a-z]\w{0,60}$/i.test(name))
    return new PyGlobal(owner.module, `${owner.name}.${name}`)
  throw source.unsafe(
    'it asks for builtins.getattr of something other than a described object. A function has to stay in Python',
  )
}

function toSet([items = []]: readonly PyValue[], source: PickleSource): PySet | undefined {
  if (!Array.isArray(items)) return undefined
  const set = new PySet()
  for (const item of toList(items, source)) set.items.push(item)
  return set
}

function toList(items: readonly PyValue[], source: PickleSource): PyValue[] {
  source.countWork(items.length)
  return items.slice()
}

function toDict([pairs]: readonly PyValue[], source: PickleSource): PyDict | undefined {
  const dict = new PyDict()
  if (pairs === undefined) return dict
  const entries = pairs instanceof PyDict ? pairs.entries : pairs
  if (!Array.isArray(entries)) return undefined
  source.countWork(entries.length)
  for (const pair of entries) {
    if (!Array.isArray(pair) || pair.length !== 2) throw source.corrupt('a dict is made from something without pairs')
    dict.entries.push([pair[0], pair[1]])
  }
  return dict
}

function toByteString([content, encoding]: readonly PyValue[], source: PickleSource): PyValue | undefined {
  if (content === undefined) return new Uint8Array(0)
  if (content instanceof Uint8Array) return content
  return typeof encoding === 'string' ? encodeLatin1([content, encoding], source) : undefined
}
