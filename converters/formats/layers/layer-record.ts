// One layer as a saved model has it; what no saved model has in, the error that says so out.

import { createError, type MLError } from '../../../src/errors.ts'
import { type JsonRecord, jsonTypeOf } from './json-kind.ts'

export type LayerRecord = {
  /** Unique in its model; its weights are called after it. */
  readonly name: string
  readonly className: string
  readonly config: JsonRecord
}

/** FILE_CORRUPT: something that no saved layers model has. */
export function corrupt(where: string, expected: string, got: unknown): MLError {
  return createError(
    'FILE_CORRUPT',
    `the layers model: ${where} must be ${expected}, got ${jsonTypeOf(got)}. Save the model again`,
    { details: { where } },
  )
}
