// A version to serve in; it verified and named as production by one rename of service.json, out.

import { readHashedArtifact } from '../../artifact/hashed-artifact.ts'
import { createError } from '../../errors.ts'
import { assertServable } from '../../runtime/assert-servable.ts'
import { artifactChecksum } from './artifact-checksum.ts'
import { pinReason } from './register-version.ts'
import { withProduction } from './service-file.ts'
import type { StoreWorld } from './store-files.ts'
import {
  checksumOf,
  type EntryDraft,
  numberEntries,
  readVersion,
  servedVersion,
  type StoreSnapshot,
  versionsFolder,
} from './store-snapshot.ts'
import { carryOut, replaceService } from './store-writes.ts'
import { recordedChecksum, rollbackTargets, stateOf } from './version-states.ts'

type Change = { readonly version: string; readonly reason: string | undefined }

/** What happened: `previous` served before. */
export type ProductionChange = { readonly version: string; readonly previous: string | undefined }

/**
 * Puts a staged or deprecated version in production; one that is there already stays, once it is verified.
 * @throws MODEL_NOT_FOUND; VALIDATION_FAILED for a version in development; CHECKSUM_MISMATCH; ACCURACY_BELOW_FLOOR
 */
export async function promoteVersion(
  world: StoreWorld,
  found: StoreSnapshot,
  { version, reason }: Change,
): Promise<ProductionChange> {
  const { model } = world.files
  if (!found.versions.includes(version))
    throw createError(
      'MODEL_NOT_FOUND',
      `${model} has no version ${version}; it has: ${found.versions.join(', ') || 'none'}`,
      { details: { model, version } },
    )
  const { entries } = found.log
  const { production } = found
  const state = stateOf(version, { entries, production })
  if (state === 'development')
    throw createError(
      'VALIDATION_FAILED',
      entries.some((entry) => entry.version === version)
        ? `${model}@${version} is in development: a gate failed when it was registered, see ${versionsFolder}/${version}/lineage.json; only a version in staging can be promoted: train one that passes`
        : `${model}@${version} is in development: nobody registered it; only a version in staging can be promoted: register it with its lineage`,
      { details: { model, version, state } },
    )
  await assertWhole(world, found, version)
  if (production === version) return { version, previous: version }
  return changeProduction(world, found, { action: 'promote', version, reason })
}

/** @throws VALIDATION_FAILED where nothing was in production before; MODEL_NOT_FOUND, CHECKSUM_MISMATCH, ACCURACY_BELOW_FLOOR */
export async function rollBack(
  world: StoreWorld,
  found: StoreSnapshot,
  reason: string | undefined,
): Promise<ProductionChange> {
  const { model } = world.files
  const { production, log } = found
  const targets = rollbackTargets(log.entries, production)
  if (targets.length === 0)
    throw createError(
      'VALIDATION_FAILED',
      `${model} has no version to roll back to: none was in production before ${production ?? 'now'} that was not rolled back itself; promote a version by its name`,
      { details: { model, production } },
    )
  const [version] = targets
  if (!found.versions.includes(version))
    throw createError(
      'MODEL_NOT_FOUND',
      `${model}@${version} was in production before, and its folder is gone; put ${versionsFolder}/${version} back, or promote another version`,
      { details: { model, version, targets } },
    )
  await assertWhole(world, found, version)
  return changeProduction(world, found, { action: 'rollback', version, reason })
}

/** What a registry checks when it loads the version, and that the bytes are those that were registered. */
async function assertWhole({ files, hash }: StoreWorld, found: StoreSnapshot, version: string): Promise<void> {
  const { model } = files
  const artifact = (await readVersion(files, version)) ?? {}
  const checksum = artifactChecksum(artifact, hash)
  const recorded = recordedChecksum(found.log.entries, version)
  if (recorded !== undefined && checksum !== recorded)
    throw createError(
      'CHECKSUM_MISMATCH',
      `${model}/${versionsFolder}/${version} must have SHA-256 ${recorded}, got ${checksum}: its files are not those that were registered; put them back, or delete the folder and register the version again`,
      { details: { model, version, recorded, checksum } },
    )
  const { metadata } = readHashedArtifact(artifact, hash)
  const where = `${model}/${versionsFolder}/${version}`
  assertServable(metadata, { where, expected: { name: model, version }, config: found.service.config })
}

async function changeProduction(
  world: StoreWorld,
  found: StoreSnapshot,
  { action, version, reason }: Change & { readonly action: 'promote' | 'rollback' },
): Promise<ProductionChange> {
  const { files, process, clock } = world
  const { log, service, production } = found
  const previous = servedVersion(found)
  const checksum = (await checksumOf(world, version)) ?? ''
  const drafts: EntryDraft[] = [{ action, version, previous, checksum, reason }]
  if (previous !== undefined) {
    drafts.push({ action: 'deprecate', version: previous })
    // served for being the highest: the history does not know it yet, and a rollback leads back to it
    if (production === undefined)
      drafts.unshift({
        action: 'recover',
        version: previous,
        checksum: await checksumOf(world, previous),
        reason: pinReason,
      })
  }
  await carryOut(world, {
    log,
    intent: { action, version, checksum, entries: numberEntries(drafts, log.entries, clock) },
    commit: () => replaceService(files, process, withProduction(service, version, files.model)),
  })
  return { version, previous }
}
