// The files of an artifact in, a running engine out: read, verified, on the backend that answers right.

import { readHashedArtifact } from '../artifact/hashed-artifact.ts'
import { selectBackend } from '../backend/choice/select-backend.ts'
import type { Candidate } from '../backend/choice/candidates.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import type { Publish } from '../observe/channels.ts'
import type { ModelStats } from '../observe/stats.ts'
import { assertServable } from './assert-servable.ts'
import { createBackendLog } from './backend-log.ts'
import { Engine } from './engine.ts'
import type { ResolvedServingOptions } from './options.ts'
import type { Platform } from './platform.ts'
import { processCandidates } from './process-candidates.ts'
import type { ServiceConfig } from './service-config.ts'

export type StartEngineOptions = {
  /** Where the artifact came from, for errors. */
  readonly where: string
  readonly serving: ResolvedServingOptions
  readonly platform: Platform
  readonly stats: ModelStats
  readonly publish: Publish
  /** Name and version that folder and service.json give; undefined to believe the artifact. */
  readonly expected?: { readonly name: string; readonly version: string }
  readonly config?: ServiceConfig
  readonly allowBelowFloor?: boolean
  /** @default those of the process */
  readonly candidates?: readonly Candidate[]
}

/**
 * Starts an artifact.
 * @throws MODEL_LOAD_FAILED, CHECKSUM_MISMATCH, VERSION_INCOMPATIBLE, VALIDATION_FAILED, ACCURACY_BELOW_FLOOR,
 *   BACKEND_UNAVAILABLE
 */
export async function startEngine(
  files: Readonly<Record<string, Uint8Array>>,
  options: StartEngineOptions,
): Promise<Engine> {
  const { where, serving, platform, stats, publish } = options
  const startedAt = platform.clock.now()
  try {
    const artifact = readHashedArtifact(files, platform.hash)
    assertServable(artifact.metadata, options)
    const { name: model, version } = artifact.metadata
    const { backend: requested, backendOptions, workers } = serving
    const { tunings: store } = platform
    const selected = await selectBackend({
      requested,
      artifact,
      candidates: options.candidates ?? processCandidates(backendOptions, workers),
      now: platform.clock.now,
      onEvent: createBackendLog(serving.logger, { model, version }),
      ...(store && { tunings: { store, settings: JSON.stringify([backendOptions, workers]) } }),
    })
    const engine = await Engine.start({ artifact, selected, serving, platform, stats, publish })
    const loadMs = platform.clock.now() - startedAt
    publish('modelLoaded', { model: engine.name, version: engine.version, loadMs })
    const { picked, why, candidates } = selected.choice
    const device = candidates.find(({ name }) => name === picked)?.device
    serving.logger.info({ model, version, backend: picked, device, why, loadMs }, 'model loaded')
    return engine
  } catch (error) {
    throw loadError(error, where)
  }
}

/** Load errors stay what they are; anything else that stops a load becomes one, with its cause. */
function loadError(error: unknown, where: string): MLError {
  if (isMLError(error) && (error.name === 'ModelLoadError' || error.name === 'ModelValidationError')) return error
  const message = error instanceof Error ? error.message : String(error)
  return createError('MODEL_LOAD_FAILED', `cannot load ${where}: ${message}`, { cause: error })
}
