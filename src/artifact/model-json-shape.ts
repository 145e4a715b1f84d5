// Bytes of model.json in, its parts out, with every field that is read later checked.

import { z } from 'zod'
import { createError } from '../errors.ts'
import type { ModelJson } from './artifact.ts'
import { artifactLimits } from './artifact-limits.ts'

const size = z.int().nonnegative().max(artifactLimits.elements)

const dtype = z.enum(['float32', 'int32'])

const weightShape = z
  .strictObject({
    name: z.string().min(1),
    shape: z.array(size).max(artifactLimits.rank),
    dtype,
    quantization: z
      .discriminatedUnion('dtype', [
        z.strictObject({
          dtype: z.enum(['uint8', 'uint16']),
          scale: z.number(),
          min: z.number(),
          original_dtype: dtype,
        }),
        z.strictObject({ dtype: z.literal('float16'), original_dtype: dtype }),
      ])
      .optional(),
  })
  .refine(({ shape }) => shape.reduce((product, next) => product * next, 1) <= artifactLimits.elements, {
    message: `has more than ${artifactLimits.elements} elements`,
    path: ['shape'],
  })

/** A plain file name beside model.json: no folder, no drive, no address, nothing hidden. */
const shardPath = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/, 'must be a plain file name')

const modelJsonShape = z.object({
  format: z.literal('graph-model'),
  generatedBy: z.string(),
  convertedBy: z.string(),
  signature: z.unknown(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(shardPath).max(artifactLimits.shards),
        weights: z.array(weightShape).max(artifactLimits.tensors),
      }),
    )
    .length(1),
  userDefinedMetadata: z.record(z.string(), z.unknown()),
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
  const parsed = modelJsonShape.safeParse(parseJson(bytes))
  if (parsed.success) return parsed.data as ModelJson
  throw createError('VALIDATION_FAILED', `model.json ${firstIssue(parsed.error)}; convert the model again`, {
    cause: parsed.error,
  })
}

/** Where and what is wrong first, in one phrase. */
export function firstIssue(error: z.ZodError): string {
  const { path, message } = error.issues[0]
  return path.length === 0 ? `is malformed: ${message}` : `is malformed at ${path.join('.')}: ${message}`
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw createError('MODEL_LOAD_FAILED', 'model.json is not JSON in UTF-8; was it written to its end?', { cause })
  }
}
