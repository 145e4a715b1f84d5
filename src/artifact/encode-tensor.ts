// A named tensor and an encoding in; the bytes, the manifest entry and the values that a reader will see out.

import { createError } from '../errors.ts'
import type { WeightSpec } from './artifact.ts'
import { decodeDoubles, decodeWeight } from './decode-tensor.ts'
import { roundHalfEven, toFloat16Bits } from './float16.ts'
import type { TensorEncoding, TensorRecord } from './metadata.ts'
import type { NamedTensor } from './tensor.ts'

/** `scale` and `min` belong to uint8 and uint16: a stored code stands for code · scale + min. */
export type EncodingChoice = {
  readonly encoding: TensorEncoding
  readonly scale?: number
  readonly min?: number
  /** Why the tensor takes more than the encoding asked for. */
  readonly escalated?: string
}

export type EncodedTensor = {
  readonly spec: WeightSpec
  readonly bytes: Uint8Array
  /** What TensorFlow.js makes of the bytes; for `float64` the doubles themselves. */
  readonly decoded: Float64Array
  readonly record: TensorRecord
}

/**
 * `tensor` as bytes. Roles `structure` and `float64` are lossless whatever `choice` says; the others default to float32.
 * @throws VALIDATION_FAILED where the values do not fit the tensor's own role or shape
 */
export function encodeTensor(tensor: NamedTensor, choice: EncodingChoice = { encoding: 'float32' }): EncodedTensor {
  if (tensor.role === 'float64') return encodeDoubles(tensor, choice)
  assertShape(tensor, tensor.shape)
  const settled = tensor.role === 'structure' ? { ...choice, ...structureChoice(tensor) } : choice
  const { name, shape, dtype } = tensor
  const spec: WeightSpec = { name, shape, dtype, ...quantizationOf(tensor, settled) }
  const bytes = encodeValues(tensor, settled)
  const decoded = decodeWeight(spec, bytes)
  return { spec, bytes, decoded, record: recordOf(tensor, settled, bytes.length, decoded) }
}

/** Smallest lossless encoding of small integers. */
function structureChoice(tensor: NamedTensor): EncodingChoice {
  let low = 0
  let high = 0
  for (const value of tensor.values) {
    if (!Number.isInteger(value)) throw invalid(tensor, `integers, got ${value}`)
    if (value < low) low = value
    if (value > high) high = value
  }
  if (low >= 0 && high <= 255) return { encoding: 'uint8', scale: 1, min: 0 }
  if (low >= 0 && high <= 65535) return { encoding: 'uint16', scale: 1, min: 0 }
  // 2²⁴ is the last integer up to which float32 holds them all.
  const limit = tensor.dtype === 'int32' ? 2 ** 31 - 1 : 2 ** 24
  if (low < -limit || high > limit) throw invalid(tensor, `integers within ±${limit}, got ${low} … ${high}`)
  return { encoding: tensor.dtype }
}

function quantizationOf(tensor: NamedTensor, choice: EncodingChoice): Pick<WeightSpec, 'quantization'> {
  const { encoding, scale = 1, min = 0 } = choice
  switch (encoding) {
    case 'uint8':
    case 'uint16':
      if (!(scale > 0) || !Number.isFinite(scale) || !Number.isFinite(min))
        throw invalid(tensor, `a positive scale and a finite min, got ${scale} and ${min}`)
      return { quantization: { dtype: encoding, scale, min, original_dtype: tensor.dtype } }
    case 'float16':
      if (tensor.dtype !== 'float32') throw invalid(tensor, 'float32 for the encoding float16')
      return { quantization: { dtype: 'float16', original_dtype: 'float32' } }
    case 'float32':
    case 'int32':
      if (encoding !== tensor.dtype) throw invalid(tensor, `an encoding of its dtype ${tensor.dtype}, got ${encoding}`)
      return {}
  }
}

function encodeValues({ values }: NamedTensor, { encoding, scale = 1, min = 0 }: EncodingChoice): Uint8Array {
  switch (encoding) {
    case 'uint8':
      return Uint8Array.from(values, (value) => codeOf(value, scale, min, 255))
    case 'uint16':
      return bytesOf(2, values, (view, at, value) => view.setUint16(at, codeOf(value, scale, min, 65535), true))
    case 'float16':
      return bytesOf(2, values, (view, at, value) => view.setUint16(at, toFloat16Bits(value), true))
    case 'float32':
      return bytesOf(4, values, (view, at, value) => view.setFloat32(at, value, true))
    case 'int32':
      return bytesOf(4, values, (view, at, value) => view.setInt32(at, value, true))
  }
}

function codeOf(value: number, scale: number, min: number, highest: number): number {
  return Math.min(highest, Math.max(0, roundHalfEven((value - min) / scale)))
}

type WriteValue = (view: DataView, at: number, value: number) => void

function bytesOf(width: number, values: Float64Array, write: WriteValue): Uint8Array {
  const bytes = new Uint8Array(values.length * width)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) write(view, i * width, values[i])
  return bytes
}

/** Doubles as int32 pairs (low word, high word): little-endian, so a double's own bytes. */
function encodeDoubles(tensor: NamedTensor, choice: EncodingChoice): EncodedTensor {
  assertShape(tensor, [...tensor.shape.slice(0, -1)])
  if (tensor.shape.at(-1) !== 2) throw invalid(tensor, `a last dimension of 2, got shape [${tensor.shape.join(', ')}]`)
  const bytes = bytesOf(8, tensor.values, (view, at, value) => view.setFloat64(at, value, true))
  const decoded = decodeDoubles(bytes)
  const spec: WeightSpec = { name: tensor.name, shape: tensor.shape, dtype: 'int32' }
  return { spec, bytes, decoded, record: recordOf(tensor, { ...choice, encoding: 'int32' }, bytes.length, decoded) }
}

function recordOf(
  { name, role, shape, values }: NamedTensor,
  { encoding, escalated }: EncodingChoice,
  byteLength: number,
  decoded: Float64Array,
): TensorRecord {
  let maxError = 0
  for (let i = 0; i < values.length; i++) {
    if (Object.is(values[i], decoded[i])) continue
    maxError = Math.max(maxError, Math.abs(values[i] - decoded[i]))
  }
  return { name, role, shape, encoding, byteLength, maxError, ...(escalated !== undefined && { escalated }) }
}

function assertShape(tensor: NamedTensor, shape: readonly number[]): void {
  const count = shape.reduce((product, size) => product * size, 1)
  if (count !== tensor.values.length)
    throw invalid(tensor, `${count} values for shape [${shape.join(', ')}], got ${tensor.values.length}`)
}

function invalid(tensor: NamedTensor, expectation: string): Error {
  return createError('VALIDATION_FAILED', `tensor ${tensor.name} of role ${tensor.role} must have ${expectation}`, {
    details: { tensor: tensor.name },
  })
}
