// Weight bytes in, float64 values out, exactly as TensorFlow.js decodes them (tfjs-core io_utils.ts, decodeWeight).

import type { Artifact, WeightSpec } from './artifact.ts'
import { fromFloat16Bits } from './float16.ts'

/** Bytes that a weight takes in the shards. */
export function weightByteLength(spec: WeightSpec): number {
  return elementCount(spec.shape) * storedWidth(spec)
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** What one weight is after loading: dequantized in double, then rounded to the tensor's dtype. */
export function decodeWeight(spec: WeightSpec, bytes: Uint8Array): Float64Array {
  const values = new Float64Array(elementCount(spec.shape))
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const { quantization } = spec
  const round = spec.dtype === 'int32' ? Math.round : Math.fround
  if (quantization === undefined) {
    for (let i = 0; i < values.length; i++)
      values[i] = spec.dtype === 'int32' ? view.getInt32(i * 4, true) : view.getFloat32(i * 4, true)
    return values
  }
  if (quantization.dtype === 'float16') {
    for (let i = 0; i < values.length; i++) values[i] = fromFloat16Bits(view.getUint16(i * 2, true))
    return values
  }
  const { scale = 1, min = 0, dtype } = quantization
  for (let i = 0; i < values.length; i++) {
    const code = dtype === 'uint8' ? view.getUint8(i) : view.getUint16(i * 2, true)
    values[i] = round(code * scale + min)
  }
  return values
}

/** Doubles that were stored as int32 pairs, bit for bit. */
export function decodeDoubles(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const values = new Float64Array(bytes.byteLength >>> 3)
  for (let i = 0; i < values.length; i++) values[i] = view.getFloat64(i * 8, true)
  return values
}

/** Every weight of an artifact by name, without TensorFlow.js; those of role `float64` as doubles. */
export function decodeWeights(artifact: Artifact): Map<string, Float64Array> {
  const doubles = new Set(artifact.metadata.tensors.filter(({ role }) => role === 'float64').map(({ name }) => name))
  const weights = new Map<string, Float64Array>()
  let offset = 0
  for (const spec of artifact.modelJson.weightsManifest.flatMap((group) => group.weights)) {
    const bytes = new Uint8Array(artifact.weightData, offset, weightByteLength(spec))
    weights.set(spec.name, doubles.has(spec.name) ? decodeDoubles(bytes) : decodeWeight(spec, bytes))
    offset += bytes.length
  }
  return weights
}

function storedWidth({ quantization }: WeightSpec): number {
  if (quantization === undefined) return 4
  return quantization.dtype === 'uint8' ? 1 : 2
}
