// What an artifact says about itself and what its folder and service.json demand in, a refusal where they contradict out.

import type { ArtifactMetadata } from '../artifact/metadata.ts'
import { createError } from '../errors.ts'
import { schemaDifference } from './schema-difference.ts'
import type { ServiceConfig } from './service-config.ts'

export type ServableDemands = {
  /** Where the artifact came from, for errors. */
  readonly where: string
  /** Name and version that folder and service.json give; undefined to believe the artifact. */
  readonly expected?: { readonly name: string; readonly version: string }
  readonly config?: ServiceConfig
  readonly allowBelowFloor?: boolean
}

/** @throws VALIDATION_FAILED for another name, version or schema; ACCURACY_BELOW_FLOOR */
export function assertServable(
  metadata: Pick<ArtifactMetadata, 'name' | 'version' | 'schema' | 'evaluation'>,
  { where, expected, config = {}, allowBelowFloor = false }: ServableDemands,
): void {
  if (expected !== undefined && (metadata.name !== expected.name || metadata.version !== expected.version))
    throw createError(
      'VALIDATION_FAILED',
      `${where} holds ${metadata.name}@${metadata.version}; its folder says ${expected.name}@${expected.version}`,
    )
  const difference = config.schema === undefined ? undefined : schemaDifference(config.schema, metadata.schema)
  if (difference !== undefined) throw createError('VALIDATION_FAILED', `${where}: ${difference}`)
  const { accuracyFloor } = config
  if (accuracyFloor === undefined || allowBelowFloor) return
  const accuracy = metadata.evaluation?.accuracy
  if (accuracy !== undefined && accuracy >= accuracyFloor) return
  throw createError(
    'ACCURACY_BELOW_FLOOR',
    accuracy === undefined
      ? `${where} demands an accuracy of at least ${accuracyFloor}, and the artifact has none: convert it with an evaluation`
      : `${where} demands an accuracy of at least ${accuracyFloor}; ${accuracy} was measured at conversion`,
    { details: { accuracyFloor, accuracy } },
  )
}
