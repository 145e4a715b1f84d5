// Bytes of a JSON file in, which kind of model it holds and its content out.

import { metadataKey } from '../../../src/artifact/metadata.ts'
import { createError } from '../../../src/errors.ts'
import { layersLimits, limitError } from './layers-limits.ts'

export type JsonRecord = Readonly<Record<string, unknown>>

export type JsonKind = 'layers-model' | 'graph-model' | 'artifact' | 'xgboost' | 'unknown'

/** @throws FILE_CORRUPT where the bytes are no JSON object in UTF-8; LIMIT_EXCEEDED */
export function parseJsonObject(bytes: Uint8Array, name: string): JsonRecord {
  if (bytes.length > layersLimits.modelJsonByteLength) throw limitError('modelJsonByteLength', bytes.length)
  let parsed: unknown
  try {
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw createError(
      'FILE_CORRUPT',
      `${name} must be JSON in UTF-8; was it written to its end? Save the model again`,
      {
        cause,
        details: { file: name },
      },
    )
  }
  if (isJsonRecord(parsed)) return parsed
  throw createError('FILE_CORRUPT', `${name} must hold a JSON object, got ${jsonTypeOf(parsed)}`, {
    details: { file: name },
  })
}

/** By `format`, as TensorFlow.js writes it, or by the topology where an older writer left `format` out. */
export function jsonKindOf(content: JsonRecord): JsonKind {
  const { userDefinedMetadata, modelTopology, format } = content
  if (isJsonRecord(userDefinedMetadata) && Object.hasOwn(userDefinedMetadata, metadataKey)) return 'artifact'
  if (format === 'layers-model') return 'layers-model'
  if (format === 'graph-model') return 'graph-model'
  if (Object.hasOwn(content, 'learner')) return 'xgboost'
  if (!isJsonRecord(modelTopology)) return 'unknown'
  if (Array.isArray(modelTopology['node'])) return 'graph-model'
  return Object.hasOwn(modelTopology, 'class_name') || Object.hasOwn(modelTopology, 'model_config')
    ? 'layers-model'
    : 'unknown'
}

export function isJsonRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value in few words, for errors; whatever it holds. */
export function jsonTypeOf(value: unknown): string {
  if (value === null) return 'null'
  if (value === undefined) return 'nothing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object') return 'an object'
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
