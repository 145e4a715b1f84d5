// What TensorFlow.js threw at a load or a run in, the typed error that a caller gets out.

import type { Artifact } from '../../artifact/artifact.ts'
import { createError } from '../../errors.ts'
import type { BackendName } from '../port.ts'
import { isOutOfMemory } from './out-of-memory.ts'

export function executionFailed(
  name: BackendName,
  { metadata }: Artifact,
  { rowCount, cause }: { readonly rowCount: number; readonly cause: unknown },
): Error {
  return createError(
    isOutOfMemory(cause) ? 'OUT_OF_MEMORY' : 'EXECUTION_FAILED',
    `backend ${name} could not run ${rowCount} rows of model ${metadata.name}: ${textOf(cause)}`,
    { cause, details: { backend: name, model: metadata.name, rowCount } },
  )
}

export function loadFailed(name: BackendName, { metadata }: Artifact, cause: unknown): Error {
  return createError(
    isOutOfMemory(cause) ? 'OUT_OF_MEMORY' : 'MODEL_LOAD_FAILED',
    `backend ${name} could not load the graph of model ${metadata.name}: ${textOf(cause)}; convert the model again`,
    { cause, details: { backend: name, model: metadata.name } },
  )
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
