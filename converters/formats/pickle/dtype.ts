// A pickled numpy.dtype record in, its memory layout out: kind, item length, byte order, fields with their offsets.
import type { Dtype, DtypeField } from './dtype-layout.ts'
import type { PickleSource } from './pickle-source.ts'
import { PyDict, PyGlobal, PyObject, type PyValue } from './values.ts'

/** True for the record that `numpy.dtype(…)` leaves. */
export function isDtypeRecord(value: PyValue | undefined): value is PyObject {
  return value instanceof PyObject && value.module === 'numpy' && value.name === 'dtype'
}

/** @throws FILE_CORRUPT where record and state contradict themselves, LIMIT_EXCEEDED for endless ones. */
export function toDtype(value: PyValue | undefined, source: PickleSource): Dtype {
  return resolveDtype(value, source, 1)
}

/** A shape that is within the limits, and whose product is too. */
export function toShape(value: PyValue | undefined, source: PickleSource): readonly number[] {
  // A shape of one dimension may be stored as a bare int.
  const shape = typeof value === 'number' ? [value] : value
  if (!Array.isArray(shape)) throw source.corrupt('an array has no shape')
  const { arrayRank, arrayElementCount } = source.limits
  if (shape.length > arrayRank) throw source.exceeded('arrayRank', shape.length)
  let elementCount = 1
  for (const size of shape) {
    const isInteger = typeof size === 'bigint' || (typeof size === 'number' && Number.isInteger(size))
    if (!isInteger || size < 0) throw source.corrupt(`a shape holds ${describeScalar(size)}`)
    if (size > arrayElementCount) throw source.exceeded('arrayElementCount', size)
    elementCount *= Number(size)
    if (elementCount > arrayElementCount) throw source.exceeded('arrayElementCount', elementCount)
  }
  return shape as number[] // every element was found to be an integer number above
}

/** Number of elements of a shape. */
export function elementCountOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

function resolveDtype(value: PyValue | undefined, source: PickleSource, depth: number): Dtype {
  if (!isDtypeRecord(value)) throw source.corrupt('a numpy.dtype is expected where something else is')
  if (depth > source.limits.dtypeDepth) throw source.exceeded('dtypeDepth', depth)
  let dtype = source.dtypes.get(value)
  if (dtype === undefined) {
    dtype = readDtype(value, source, depth)
    source.dtypes.set(value, dtype)
  }
  return dtype
}

/** State as dtype.__reduce__ gives it: (version, byte order, subarray, names, fields, item length, alignment, flags). */
function readDtype(record: PyObject, source: PickleSource, depth: number): Dtype {
  const { letter, count } = toTypeCode(record.args[0], source)
  const state = record.state
  if (state === undefined) return toPlainDtype(letter, count, true, source)
  if (!Array.isArray(state)) throw source.corrupt('the state of a numpy.dtype is not a tuple')
  const [version, byteOrder, subarray, names, fields, itemByteLength] = state
  if (version !== 3 && version !== 4) {
    throw source.unsupported(`numpy.dtype has state version ${describeScalar(version)}; only 3 and 4 are known`)
  }
  // '=' (native) never leaves numpy; it is taken as the order of every machine that is still built.
  const isLittleEndian = byteOrder !== '>'
  if (subarray != null) return readSubarray(subarray, source, depth)
  if (names != null) return readFields(names, fields, toItemByteLength(itemByteLength, source), source, depth)
  const isFlexible = letter === 'U' || letter === 'S' || letter === 'V'
  if (!isFlexible || itemByteLength === -1) return toPlainDtype(letter, count, isLittleEndian, source)
  const byteLength = toItemByteLength(itemByteLength, source)
  if (letter !== 'U') return toPlainDtype(letter, byteLength, isLittleEndian, source)
  if (byteLength % 4 !== 0) throw source.corrupt(`text of ${byteLength} bytes an item is not UTF-32`)
  return toPlainDtype(letter, byteLength / 4, isLittleEndian, source)
}

function readSubarray(subarray: PyValue, source: PickleSource, depth: number): Dtype {
  if (!Array.isArray(subarray)) throw source.corrupt('the subarray of a numpy.dtype is not a tuple')
  const base = resolveDtype(subarray[0], source, depth + 1)
  const shape = toShape(subarray[1], source)
  const itemByteLength = base.itemByteLength * elementCountOf(shape)
  const { isLittleEndian, hasObjects, fieldCount } = base
  return {
    kind: 'V',
    itemByteLength,
    isLittleEndian,
    fields: undefined,
    subarray: { base, shape },
    hasObjects,
    fieldCount: fieldCount + 1,
  }
}

function readFields(
  names: PyValue,
  fields: PyValue | undefined,
  itemByteLength: number,
  source: PickleSource,
  depth: number,
): Dtype {
  if (!Array.isArray(names) || !(fields instanceof PyDict)) throw source.corrupt('a numpy.dtype has no field table')
  const { dtypeFieldCount } = source.limits
  // Titles are second keys of the same fields, so the table may be twice as long as the names.
  const entryCount = Math.max(names.length, fields.entries.length / 2)
  if (entryCount > dtypeFieldCount) throw source.exceeded('dtypeFieldCount', entryCount)
  source.countWork(8 * entryCount)
  const table = new Map(fields.entries)
  const read: DtypeField[] = []
  let fieldCount = 0
  for (const name of names) {
    const entry = table.get(name)
    if (typeof name !== 'string' || !Array.isArray(entry)) throw source.corrupt('a field of a numpy.dtype is missing')
    const dtype = resolveDtype(entry[0], source, depth + 1)
    const byteOffset = entry[1]
    if (typeof byteOffset !== 'number' || byteOffset < 0 || byteOffset + dtype.itemByteLength > itemByteLength) {
      throw source.corrupt(`field '${name.slice(0, 40)}' lies outside its record of ${itemByteLength} bytes`)
    }
    fieldCount += 1 + dtype.fieldCount
    if (fieldCount > dtypeFieldCount) throw source.exceeded('dtypeFieldCount', fieldCount)
    read.push({ name, dtype, byteOffset })
  }
  assertNoOverlap(read, source)
  const hasObjects = read.some((field) => field.dtype.hasObjects)
  return { kind: 'V', itemByteLength, isLittleEndian: true, fields: read, subarray: undefined, hasObjects, fieldCount }
}

function assertNoOverlap(fields: readonly DtypeField[], source: PickleSource): void {
  let end = 0
  for (const { name, dtype, byteOffset } of fields.toSorted((a, b) => a.byteOffset - b.byteOffset)) {
    if (byteOffset < end) throw source.unsupported(`field '${name.slice(0, 40)}' overlaps another one`)
    end = byteOffset + dtype.itemByteLength
  }
}

function toItemByteLength(value: PyValue | undefined, source: PickleSource): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value
  throw source.corrupt(`a numpy.dtype has an item length of ${describeScalar(value)}`)
}

/** 'f8' and the like; the class of a record array stands for 'V'. */
function toTypeCode(code: PyValue | undefined, source: PickleSource): { letter: string; count: number } {
  if (code instanceof PyGlobal && (code.name === 'record' || code.name === 'void')) return { letter: 'V', count: 0 }
  const match = typeof code === 'string' ? /^[<>|=]?([a-zA-Z?])(\d{0,9})$/.exec(code) : null
  if (match === null) throw source.unsupported('a numpy.dtype is named by something other than a type code')
  return { letter: match[1], count: Number(match[2]) }
}

const itemByteLengths: ReadonlyMap<string, readonly number[]> = new Map([
  ['f', [2, 4, 8]],
  ['i', [1, 2, 4, 8]],
  ['u', [1, 2, 4, 8]],
  ['b', [1]],
])

/** A letter of numpy's and the bytes of an item, or its characters. */
export function toPlainDtype(letter: string, count: number, isLittleEndian: boolean, source: PickleSource): Dtype {
  const plain = { isLittleEndian, fields: undefined, subarray: undefined, hasObjects: false, fieldCount: 0 }
  switch (letter) {
    case 'f':
    case 'i':
    case 'u':
    case 'b':
      if (itemByteLengths.get(letter)?.includes(count)) return { ...plain, kind: letter, itemByteLength: count }
      if (letter === 'f') return { ...plain, kind: 'opaque', itemByteLength: count }
      throw source.unsupported(`numpy has no dtype '${letter}${count}'`)
    case '?':
      return { ...plain, kind: 'b', itemByteLength: 1 }
    case 'U':
      return { ...plain, kind: 'U', itemByteLength: 4 * count }
    case 'S':
      return { ...plain, kind: 'S', itemByteLength: count }
    case 'O':
      return { ...plain, kind: 'O', itemByteLength: 8, hasObjects: true }
    case 'M':
    case 'm':
      return { ...plain, kind: 'opaque', itemByteLength: 8 }
    case 'c':
    case 'V':
      return { ...plain, kind: 'opaque', itemByteLength: count }
    default:
      throw source.unsupported(`numpy.dtype '${letter}' is not known`)
  }
}

function describeScalar(value: PyValue | undefined): string {
  return typeof value === 'object' && value !== null ? 'something that is not a number' : String(value).slice(0, 40)
}
