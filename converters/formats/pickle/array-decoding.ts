// The bytes (or list of objects) of a numpy array in; an NdArray in C order and native byte order out.
import type { Dtype } from './dtype-layout.ts'
import { elementCountOf } from './dtype.ts'
import type { PickleSource } from './pickle-source.ts'
import { NdArray, type NdValues, type PyValue } from './values.ts'

export type ArrayLayout = {
  readonly dtype: Dtype
  readonly shape: readonly number[]
  readonly isFortran: boolean
}

const hostIsLittleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** @throws FILE_CORRUPT where the byte length does not fit the shape. */
export function decodeArray(layout: ArrayLayout, bytes: Uint8Array, source: PickleSource): NdArray {
  const { dtype, shape, isFortran } = layout
  const elementCount = elementCountOf(shape)
  const expected = elementCount * dtype.itemByteLength
  if (bytes.length !== expected || dtype.hasObjects || dtype.subarray !== undefined) {
    throw source.corrupt(`an array of shape (${shape.join(', ')}) needs ${expected} bytes, got ${bytes.length}`)
  }
  return decodeItems(dtype, shape, isFortran ? toCOrder(bytes, shape, dtype.itemByteLength, source) : bytes, source)
}

/** An object array; numpy stores its items as a list that is in C order whatever the flags say. */
export function toObjectArray(layout: ArrayLayout, items: readonly PyValue[], source: PickleSource): NdArray {
  const { dtype, shape } = layout
  const elementCount = elementCountOf(shape)
  if (!dtype.hasObjects || items.length !== elementCount) {
    throw source.corrupt(`an array of ${elementCount} objects cannot be made from a list of ${items.length}`)
  }
  source.countObjects(4)
  source.countWork(elementCount)
  return new NdArray('O', dtype.itemByteLength, shape, items.slice())
}

function decodeItems(dtype: Dtype, shape: readonly number[], bytes: Uint8Array, source: PickleSource): NdArray {
  // A typed array and its buffer weigh several hundred bytes, however few elements it has.
  source.countObjects(4)
  const elementCount = elementCountOf(shape)
  // Items of no bytes still take a slot each.
  source.countWork(Math.max(bytes.length, elementCount))
  const { kind, itemByteLength } = dtype
  if (kind === 'opaque') return new NdArray('V', itemByteLength, shape, bytes.slice())
  if (dtype.fields === undefined) {
    return new NdArray(kind, itemByteLength, shape, decodeValues(dtype, elementCount, bytes, source))
  }
  const fields = new Map<string, NdArray>()
  for (const field of dtype.fields) {
    const column = gather(bytes, field.byteOffset, itemByteLength, field.dtype.itemByteLength, elementCount)
    const { subarray } = field.dtype
    const decoded =
      subarray === undefined
        ? decodeItems(field.dtype, shape, column, source)
        : decodeSubarray(subarray.base, [...shape, ...subarray.shape], column, source)
    fields.set(field.name, decoded)
  }
  return new NdArray('V', itemByteLength, shape, new Uint8Array(0), fields)
}

function decodeSubarray(base: Dtype, shape: readonly number[], bytes: Uint8Array, source: PickleSource): NdArray {
  // The record's and the field's shape are each within the limit; their product need not be where items have no bytes.
  const elementCount = elementCountOf(shape)
  if (elementCount > source.limits.arrayElementCount) throw source.exceeded('arrayElementCount', elementCount)
  if (base.subarray === undefined) return decodeItems(base, shape, bytes, source)
  return decodeSubarray(base.subarray.base, [...shape, ...base.subarray.shape], bytes, source)
}

function decodeValues(dtype: Dtype, elementCount: number, bytes: Uint8Array, source: PickleSource): NdValues {
  const { kind, itemByteLength } = dtype
  if (kind === 'S') return decodeByteStrings(bytes, itemByteLength, elementCount)
  // A copy starts at an aligned offset of its own buffer, so that every typed array can view it.
  const copy = bytes.slice()
  const unitByteLength = kind === 'U' ? 4 : itemByteLength
  if (dtype.isLittleEndian !== hostIsLittleEndian) swapBytes(copy, unitByteLength)
  if (kind === 'U') return decodeText(new Uint32Array(copy.buffer), itemByteLength / 4, elementCount, source)
  if (kind === 'b') return copy.map((byte) => (byte === 0 ? 0 : 1))
  switch (`${kind}${itemByteLength}`) {
    case 'f8':
      return new Float64Array(copy.buffer)
    case 'f4':
      return new Float32Array(copy.buffer)
    case 'f2':
      return Float32Array.from(new Uint16Array(copy.buffer), decodeHalf)
    case 'i1':
      return Int32Array.from(new Int8Array(copy.buffer))
    case 'i2':
      return Int32Array.from(new Int16Array(copy.buffer))
    case 'i4':
      return new Int32Array(copy.buffer)
    case 'u1':
      return Int32Array.from(copy)
    case 'u2':
      return Int32Array.from(new Uint16Array(copy.buffer))
    case 'u4':
      return Float64Array.from(new Uint32Array(copy.buffer))
    case 'i8':
      return decodeInt64(new BigInt64Array(copy.buffer), new Int32Array(copy.buffer))
    case 'u8':
      return decodeInt64(new BigUint64Array(copy.buffer), new Uint32Array(copy.buffer))
    default:
      throw source.corrupt(`an array of kind ${kind} with items of ${itemByteLength} bytes`)
  }
}

/** Halves of 32 bits give every safe integer exactly, and many times faster than bigints do. */
function decodeInt64<Wide extends BigInt64Array | BigUint64Array>(
  wide: Wide,
  halves: Int32Array | Uint32Array,
): Float64Array | Wide {
  const numbers = new Float64Array(wide.length)
  const low = hostIsLittleEndian ? 0 : 1
  for (let i = 0; i < numbers.length; i++) {
    const value = halves[2 * i + 1 - low] * 2 ** 32 + (halves[2 * i + low] >>> 0)
    if (!Number.isSafeInteger(value)) return wide
    numbers[i] = value
  }
  return numbers
}

function decodeHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** UTF-32 items, padded with NUL at the end as numpy does. */
function decodeText(units: Uint32Array, unitCount: number, elementCount: number, source: PickleSource): string[] {
  const texts = new Array<string>(elementCount)
  for (let i = 0; i < elementCount; i++) {
    let end = (i + 1) * unitCount
    while (end > i * unitCount && units[end - 1] === 0) end--
    let text = ''
    for (let j = i * unitCount; j < end; j++) {
      if (units[j] > 0x10ffff) throw source.corrupt(`text holds 0x${units[j].toString(16)}, which is not a code point`)
      text += String.fromCodePoint(units[j])
    }
    texts[i] = text
  }
  return texts
}

function decodeByteStrings(bytes: Uint8Array, itemByteLength: number, elementCount: number): string[] {
  const texts = new Array<string>(elementCount)
  for (let i = 0; i < elementCount; i++) {
    let end = (i + 1) * itemByteLength
    while (end > i * itemByteLength && bytes[end - 1] === 0) end--
    let text = ''
    for (let j = i * itemByteLength; j < end; j++) text += String.fromCharCode(bytes[j])
    texts[i] = text
  }
  return texts
}

function gather(bytes: Uint8Array, offset: number, stride: number, byteLength: number, count: number): Uint8Array {
  const column = new Uint8Array(count * byteLength)
  for (let i = 0; i < count; i++) {
    const from = offset + i * stride
    for (let j = 0; j < byteLength; j++) column[i * byteLength + j] = bytes[from + j]
  }
  return column
}

function swapBytes(bytes: Uint8Array, unitByteLength: number): void {
  if (unitByteLength < 2) return
  for (let start = 0; start < bytes.length; start += unitByteLength) {
    bytes.subarray(start, start + unitByteLength).reverse()
  }
}

function toCOrder(
  bytes: Uint8Array,
  fullShape: readonly number[],
  itemByteLength: number,
  source: PickleSource,
): Uint8Array {
  // Axes of one element move nothing, and a shape of only those would cost its rank at every step.
  const shape = fullShape.filter((size) => size !== 1)
  if (shape.length < 2 || bytes.length === 0) return bytes
  source.countWork(bytes.length)
  const strides = shape.map((_size, axis) => itemByteLength * elementCountOf(shape.slice(0, axis)))
  const index = new Array<number>(shape.length).fill(0)
  const ordered = new Uint8Array(bytes.length)
  let from = 0
  for (let to = 0; to < bytes.length; to += itemByteLength) {
    for (let j = 0; j < itemByteLength; j++) ordered[to + j] = bytes[from + j]
    let axis = shape.length - 1
    while (axis >= 0 && ++index[axis] === shape[axis]) {
      from -= (shape[axis] - 1) * strides[axis]
      index[axis--] = 0
    }
    if (axis >= 0) from += strides[axis]
  }
  return ordered
}
