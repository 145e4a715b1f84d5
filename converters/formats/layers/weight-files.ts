// The weights manifest of a model.json and the files beside it in; weights by name, decoded when asked for, out.

import type { WeightSpec } from '../../../src/artifact/artifact.ts'
import { decodeWeight, elementCount, weightByteLength } from '../../../src/artifact/decode-tensor.ts'
import { createError, type MLError } from '../../../src/errors.ts'
import {
  filledText,
  finite,
  integer,
  issueText,
  listOf,
  oneOf,
  openObject,
  optional,
} from '../../../src/artifact/shape.ts'
import { type JsonRecord, jsonTypeOf } from './json-kind.ts'
import { layersLimits, limitError } from './layers-limits.ts'

export type LayerWeight = { readonly shape: readonly number[]; readonly values: Float64Array }

export type LayerWeights = {
  readonly names: readonly string[]
  /** Decoded in double and rounded to float32, as TensorFlow.js holds it. @throws FILE_CORRUPT for what is no number */
  read(name: string): LayerWeight
}

const weightShape = openObject({
  name: filledText,
  shape: listOf(integer(0, layersLimits.weightByteLength)),
  dtype: filledText,
  quantization: optional(
    openObject({ dtype: oneOf('uint8', 'uint16', 'float16'), scale: optional(finite), min: optional(finite) }),
  ),
})

const manifestShape = listOf(openObject({ paths: listOf(filledText), weights: listOf(weightShape) }))

type ManifestWeight = Omit<WeightSpec, 'dtype'> & { readonly dtype: string }
type Group = { readonly paths: readonly string[]; readonly weights: readonly ManifestWeight[] }
type Stored = { readonly spec: WeightSpec; readonly bytes: Uint8Array }

/**
 * @throws FILE_CORRUPT where manifest and files contradict each other; MODEL_LOAD_FAILED for a file that is not there;
 * UNSUPPORTED for weights that are no numbers; LIMIT_EXCEEDED
 */
export function readLayerWeights(content: JsonRecord, files: Readonly<Record<string, Uint8Array>>): LayerWeights {
  const stored = new Map<string, Stored>()
  const used = new Set<string>()
  for (const { paths, weights } of readManifest(content)) {
    const bytes = joined(paths.map((path) => fileOf(path, { files, used })))
    let offset = 0
    for (const weight of weights) {
      const spec = numberSpec(weight)
      if (stored.has(spec.name)) throw corrupt(`weight ${shown(spec.name)} must be listed once, got it twice`)
      if (stored.size === layersLimits.weightCount) throw limitError('weightCount', stored.size + 1)
      const byteLength = weightByteLength(spec)
      if (offset + byteLength > bytes.length)
        throw corrupt(
          `weight ${shown(spec.name)} ends at byte ${offset + byteLength} of ${listed(paths)}, which ends at ${bytes.length}`,
        )
      stored.set(spec.name, { spec, bytes: bytes.subarray(offset, offset + byteLength) })
      offset += byteLength
    }
    if (offset !== bytes.length)
      throw corrupt(`${listed(paths)} must have the ${offset} bytes that the manifest lists, got ${bytes.length}`)
  }
  return {
    names: [...stored.keys()],
    read(name) {
      const found = stored.get(name)
      if (found === undefined) throw corrupt(`weight ${shown(name)} must be in the manifest, got none of that name`)
      const values = decodeWeight(found.spec, found.bytes)
      if (!values.every(Number.isFinite))
        throw corrupt(`weight ${shown(name)} must be finite numbers, got NaN or infinity`)
      return { shape: found.spec.shape, values }
    },
  }
}

/** Names of the weight files, in the order of the manifest; none where it is broken. */
export function shardNamesOf(content: JsonRecord): string[] {
  const manifest = content['weightsManifest']
  return manifestShape.issueOf(manifest) === undefined ? (manifest as Group[]).flatMap(({ paths }) => paths) : []
}

function readManifest(content: JsonRecord): readonly Group[] {
  const manifest = content['weightsManifest']
  const issue = manifestShape.issueOf(manifest)
  if (issue !== undefined) throw corrupt(`weightsManifest: ${issueText(issue)}`)
  const groups = manifest as readonly Group[]
  const shardCount = groups.reduce((sum, { paths }) => sum + paths.length, 0)
  if (shardCount > layersLimits.shardCount) throw limitError('shardCount', shardCount)
  return groups
}

function numberSpec(weight: ManifestWeight): WeightSpec {
  const { name, dtype, shape } = weight
  if (dtype !== 'float32' && dtype !== 'int32')
    throw createError(
      'UNSUPPORTED',
      `weight ${shown(name)} of dtype ${shown(dtype)} is not supported. Supported are float32 and int32; cast it and save the model again`,
    )
  if (shape.length > layersLimits.weightRank) throw limitError('weightRank', shape.length)
  const count = elementCount(shape)
  if (count > layersLimits.weightByteLength) throw limitError('weightByteLength', count)
  return { ...weight, dtype }
}

type Beside = { readonly files: Readonly<Record<string, Uint8Array>>; readonly used: Set<string> }

/** A path is only ever a name among the files that were given: it cannot lead anywhere else. */
function fileOf(path: string, { files, used }: Beside): Uint8Array {
  if (used.has(path)) throw corrupt(`weight file ${shown(path)} must be listed once, got it twice`)
  used.add(path)
  const bytes = Object.hasOwn(files, path) ? files[path] : undefined
  if (bytes !== undefined) return bytes
  const given = Object.keys(files).slice(0, 8).map(shown).join(', ')
  throw createError(
    'MODEL_LOAD_FAILED',
    `weight file ${shown(path)}, which model.json lists, must be beside it; got ${given}. Give the folder that holds both, or { 'model.json': bytes, ${shown(path)}: bytes }`,
    { details: { file: path } },
  )
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const byteLength = parts.reduce((sum, { length }) => sum + length, 0)
  if (byteLength > layersLimits.weightByteLength) throw limitError('weightByteLength', byteLength)
  if (parts.length === 1) return parts[0]
  const bytes = new Uint8Array(byteLength)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

function listed(paths: readonly string[]): string {
  return paths.length === 0 ? 'no file' : `${paths.slice(0, 4).map(shown).join(', ')}${paths.length > 4 ? ', …' : ''}`
}

function shown(name: string): string {
  return jsonTypeOf(name)
}

function corrupt(text: string): MLError {
  return createError('FILE_CORRUPT', `the layers model: ${text}. Save the model again`)
}
