// The bytes of an .npy file in, the array out.

import { decodeArray } from '../pickle/array-decoding.ts'
import { toPlainDtype, toShape } from '../pickle/dtype.ts'
import type { Dtype, DtypeField } from '../pickle/dtype-layout.ts'
import { pickleLimits } from '../pickle/pickle-limits.ts'
import { PickleSource } from '../pickle/pickle-source.ts'
import { type NdArray, PyDict, type PyValue } from '../pickle/values.ts'
import { parsePythonLiteral } from './python-literal.ts'
import { skopsCorrupt, skopsUnsupported } from './skops-error.ts'

/** A header has some hundred bytes; that of 1,024 fields has 64 KB. */
const headerByteLength = 2 ** 18
const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]

/** Errors of what arrays share with pickles, in the words of this format. */
class NpySource extends PickleSource {
  readonly #name: string

  constructor(bytes: Uint8Array, name: string) {
    super(bytes, pickleLimits)
    this.#name = name
  }

  override corrupt(what: string, cause?: unknown) {
    return skopsCorrupt(this.#name, what, cause)
  }

  override unsupported(what: string) {
    return skopsUnsupported(this.#name, what)
  }
}

/** Versions 1 to 3 of numpy/lib/format.py (2.4). @throws FILE_CORRUPT, UNSUPPORTED, LIMIT_EXCEEDED */
export function readNpy(bytes: Uint8Array, name: string): NdArray {
  const source = new NpySource(bytes, name)
  if (source.takeBytes(6).some((byte, i) => byte !== magic[i])) throw source.corrupt('it does not begin as an array')
  const version = source.takeUint8()
  source.takeUint8()
  if (version < 1 || version > 3) throw source.unsupported(`version ${version} of the array format`)
  const length = version === 1 ? source.takeUint16() : source.takeUint32()
  if (length > headerByteLength) throw source.corrupt('its header is too long')
  const header = parsePythonLiteral(
    new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(source.takeBytes(length)),
  )
  const isFortran = header instanceof PyDict ? header.get('fortran_order') : undefined
  if (!(header instanceof PyDict) || typeof isFortran !== 'boolean') throw source.corrupt('its header is wrong')
  const dtype = toDtype(header.get('descr'), source)
  if (dtype.hasObjects) throw source.corrupt('it holds pickled objects, which skops never writes')
  const shape = toShape(header.get('shape'), source)
  const content = source.takeBytes(source.remainingByteLength)
  return decodeArray({ dtype, shape, isFortran }, content, source)
}

/** `'<f8'`, or fields one after the other: their names, their own description, and maybe a shape; '' is padding. */
function toDtype(descr: PyValue | undefined, source: PickleSource, depth = 1): Dtype {
  if (typeof descr === 'string') return namedDtype(descr, source)
  if (!Array.isArray(descr) || depth > pickleLimits.dtypeDepth) throw source.corrupt('its type is wrong')
  if (descr.length > pickleLimits.dtypeFieldCount) throw source.exceeded('dtypeFieldCount', descr.length)
  const fields: DtypeField[] = []
  let [byteOffset, fieldCount] = [0, 0]
  for (const entry of descr) {
    const [name, own, shape] = Array.isArray(entry) ? entry : []
    if (typeof name !== 'string') throw source.corrupt('a field of its type has no name')
    const base = toDtype(own, source, depth + 1)
    const dtype = shape === undefined ? base : subarrayOf(base, toShape(shape, source))
    if (name !== '') fields.push({ name, dtype, byteOffset })
    byteOffset += dtype.itemByteLength
    fieldCount += 1 + dtype.fieldCount
    if (fieldCount > pickleLimits.dtypeFieldCount) throw source.exceeded('dtypeFieldCount', fieldCount)
  }
  if (byteOffset >= 2 ** 31) throw source.corrupt('its records are too long')
  const hasObjects = fields.some(({ dtype }) => dtype.hasObjects)
  return {
    kind: 'V',
    itemByteLength: byteOffset,
    isLittleEndian: true,
    fields,
    subarray: undefined,
    hasObjects,
    fieldCount,
  }
}

function namedDtype(name: string, source: PickleSource): Dtype {
  const match = /^([<>|=])([a-zA-Z?])(\d{1,9})(\[\w+\])?$/.exec(name)
  if (match === null) throw source.unsupported(`arrays of type ${JSON.stringify(name.slice(0, 40))}`)
  return toPlainDtype(match[2], Number(match[3]), match[1] !== '>', source)
}

function subarrayOf(base: Dtype, shape: readonly number[]): Dtype {
  const itemByteLength = shape.reduce((product, size) => product * size, base.itemByteLength)
  return {
    ...base,
    kind: 'V',
    itemByteLength,
    fields: undefined,
    subarray: { base, shape },
    fieldCount: base.fieldCount + 1,
  }
}
