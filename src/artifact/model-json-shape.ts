// Bytes of model.json in, its parts out, with every field that is read later checked.

import { createError } from '../errors.ts'
import type { ModelJson } from './artifact.ts'
import { artifactLimits } from './artifact-limits.ts'
import {
  anything,
  closedObject,
  filledText,
  finite,
  integer,
  issueText,
  listOf,
  matching,
  oneOf,
  openObject,
  optional,
  record,
  text,
  toldBy,
  where,
} from './shape.ts'

const size = integer(0, artifactLimits.elements)

const dtype = oneOf('float32', 'int32')

const weightShape = where(
  closedObject({
    name: filledText,
    shape: listOf(size, { most: artifactLimits.rank }),
    dtype,
    quantization: optional(
      toldBy(
        'dtype',
        closedObject({ dtype: oneOf('uint8', 'uint16'), scale: finite, min: finite, original_dtype: dtype }),
        closedObject({ dtype: oneOf('float16'), original_dtype: dtype }),
      ),
    ),
  }),
  'shape',
  ({ shape }) =>
    shape.reduce((product, next) => product * next, 1) <= artifactLimits.elements
      ? undefined
      : `has more than ${artifactLimits.elements} elements`,
)

/** A plain file name beside model.json: no folder, no drive, no address, nothing hidden. */
const shardPath = matching(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 'must be a plain file name')

const modelJsonShape = openObject({
  format: oneOf('graph-model'),
  generatedBy: text,
  convertedBy: text,
  signature: anything,
  modelTopology: record,
  weightsManifest: listOf(
    openObject({
      paths: listOf(shardPath, { most: artifactLimits.shards }),
      weights: listOf(weightShape, { most: artifactLimits.tensors }),
    }),
    { least: 1, most: 1 },
  ),
  userDefinedMetadata: record,
})

/**
 * @throws MODEL_LOAD_FAILED where the bytes are no JSON (a file may be half written), VALIDATION_FAILED where they are no
 * graph model of ours, LIMIT_EXCEEDED
 */
export function parseModelJson(bytes: Uint8Array): ModelJson {
  if (bytes.length > artifactLimits.modelJsonBytes)
    throw createError(
      'LIMIT_EXCEEDED',
      `model.json may have ${artifactLimits.modelJsonBytes} bytes, got ${bytes.length}`,
    )
  const parsed = parseJson(bytes)
  const issue = modelJsonShape.issueOf(parsed)
  if (issue === undefined) return parsed as ModelJson
  throw createError('VALIDATION_FAILED', `model.json ${issueText(issue)}; convert the model again`)
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw createError('MODEL_LOAD_FAILED', 'model.json is not JSON in UTF-8; was it written to its end?', { cause })
  }
}
