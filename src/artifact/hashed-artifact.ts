// The files of an artifact and a SHA-256 in, the artifact out, with its metadata, sizes and checksums verified.

import { createError } from '../errors.ts'
import type { Artifact, ModelJson } from './artifact.ts'
import { artifactLimits } from './artifact-limits.ts'
import { elementCount, weightByteLength } from './decode-tensor.ts'
import type { ArtifactMetadata } from './metadata.ts'
import { parseMetadata } from './metadata-shape.ts'
import { parseModelJson } from './model-json-shape.ts'
import type { Hash } from './sha256.ts'

/**
 * The artifact that `files` (bytes by name, `model.json` among them) make up. Whether its regions can be run is for
 * restoreRegions and verifyRegions to say.
 * @throws MODEL_LOAD_FAILED where a file is missing or cut short, CHECKSUM_MISMATCH, VERSION_INCOMPATIBLE,
 * VALIDATION_FAILED where parts contradict each other or are malformed, LIMIT_EXCEEDED
 */
export function readHashedArtifact(files: Readonly<Record<string, Uint8Array>>, hash: Hash): Artifact {
  if (!Object.hasOwn(files, 'model.json'))
    throw createError(
      'MODEL_LOAD_FAILED',
      `an artifact must have model.json, got ${Object.keys(files).slice(0, 8).join(', ') || 'no files'}`,
    )
  const modelJson = parseModelJson(files['model.json'])
  const metadata = parseMetadata(modelJson.userDefinedMetadata)
  assertWeights(modelJson, metadata)
  const weightData = joinShards(files, modelJson, metadata, hash)
  // predictors hand it out, and share it
  freeze(metadata)
  return { metadata, modelJson, weightData, sha256: hash(files['model.json']) }
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
}

function assertWeights({ weightsManifest }: ModelJson, { tensors, shards }: ArtifactMetadata): void {
  const specs = new Map(weightsManifest[0].weights.map((spec) => [spec.name, spec]))
  if (specs.size < weightsManifest[0].weights.length)
    throw createError('VALIDATION_FAILED', 'weightsManifest lists a tensor twice; convert the model again')
  const byteLength = weightsManifest[0].weights.reduce((sum, spec) => sum + weightByteLength(spec), 0)
  if (byteLength > artifactLimits.weightBytes)
    throw createError('LIMIT_EXCEEDED', `weights may have ${artifactLimits.weightBytes} bytes, got ${byteLength}`)
  const held = shards.reduce((sum, shard) => sum + shard.byteLength, 0)
  if (held !== byteLength)
    throw createError('VALIDATION_FAILED', `the shards must have the ${byteLength} bytes of the weights, got ${held}`)
  for (const { name, shape, role } of tensors) {
    const spec = specs.get(name)
    const fits = spec !== undefined && elementCount(spec.shape) === elementCount(shape)
    // A double is two int32 of the manifest, unquantized.
    const isWhole = role !== 'float64' || (spec?.dtype === 'int32' && !spec.quantization && spec.shape.at(-1) === 2)
    if (fits && isWhole) continue
    throw createError('VALIDATION_FAILED', `tensor ${name} must be in weightsManifest as its record says`, {
      details: { tensor: name },
    })
  }
}

function joinShards(
  files: Readonly<Record<string, Uint8Array>>,
  { weightsManifest }: ModelJson,
  { shards }: ArtifactMetadata,
  hash: Hash,
): ArrayBuffer {
  const { paths } = weightsManifest[0]
  if (paths.length !== shards.length || paths.some((path, i) => path !== shards[i].path))
    throw createError('VALIDATION_FAILED', 'weightsManifest and the metadata must list the same shards in one order')
  const joined = new Uint8Array(shards.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let offset = 0
  for (const { path, byteLength, sha256 } of shards) {
    const bytes = Object.hasOwn(files, path) ? files[path] : undefined
    if (bytes?.length !== byteLength)
      throw createError(
        'MODEL_LOAD_FAILED',
        `weight file ${path} must have ${byteLength} bytes, got ${bytes === undefined ? 'no such file' : bytes.length}; copy the artifact again`,
        { details: { path } },
      )
    const found = hash(bytes)
    if (found !== sha256)
      throw createError(
        'CHECKSUM_MISMATCH',
        `weight file ${path} must have SHA-256 ${sha256}, got ${found}; copy the artifact again`,
        { details: { path } },
      )
    joined.set(bytes, offset)
    offset += byteLength
  }
  return joined.buffer
}
