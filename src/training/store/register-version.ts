// The files of a version and its lineage in; its folder, there by one rename, and what the history says of it, out.

import { readHashedArtifact } from '../../artifact/hashed-artifact.ts'
import { isVersion } from '../../artifact/version.ts'
import { createError } from '../../errors.ts'
import { assertServable } from '../../runtime/assert-servable.ts'
import { artifactChecksum, isArtifactFile } from './artifact-checksum.ts'
import type { VersionEntry } from './model-store.ts'
import { stagingAlias, withoutHighest, withStaging } from './service-file.ts'
import type { StoreWorld } from './store-files.ts'
import {
  checksumOf,
  type EntryDraft,
  lineageFile,
  numberEntries,
  readSnapshot,
  servedVersion,
  type StoreSnapshot,
  versionsFolder,
} from './store-snapshot.ts'
import { carryOut, jsonBytes, replaceService } from './store-writes.ts'
import { recordedChecksum, stateOf } from './version-states.ts'

/** @throws INPUT_INVALID for a version that is none, or files of no artifact; VALIDATION_FAILED for another model's */
export function assertRegistrable({ files, hash }: StoreWorld, { version, files: offered }: VersionEntry): void {
  if (!isVersion(version))
    throw createError('INPUT_INVALID', `expected a version such as 2.1.0 or 2.1.0-rc.1, got ${JSON.stringify(version)}`)
  const stranger = Object.keys(offered).find((name) => !isArtifactFile(name))
  if (stranger !== undefined)
    throw createError('INPUT_INVALID', `a version has model.json and *.bin, got ${JSON.stringify(stranger)}`)
  const { metadata } = readHashedArtifact(offered, hash)
  assertServable(metadata, { where: `the version to register`, expected: { name: files.model, version } })
}

/**
 * Takes a version in. Only for who holds the lock, on a recovered folder.
 * @throws VALIDATION_FAILED where the version is known with other bytes; CHECKSUM_MISMATCH where its folder was changed
 */
export async function registerVersion(world: StoreWorld, found: StoreSnapshot, entry: VersionEntry): Promise<void> {
  const { files, process, hash, clock } = world
  const { version } = entry
  const checksum = artifactChecksum(entry.files, hash)
  const present = await checksumOf(world, version)
  assertSameBytes(files.model, { version, checksum, present, recorded: recordedChecksum(found.log.entries, version) })
  assertNotNamedYet(files.model, found, { version, isKnown: present !== undefined || isRecorded(found, version) })
  const drafts = entriesFor(entry, checksum, found)
  if (present !== undefined && drafts.length === 0) return
  const pinned = pinnedText(world, found)
  const served = pinned === undefined ? undefined : servedVersion(found)
  const servedChecksum = served === undefined ? undefined : await checksumOf(world, served)
  const pins: EntryDraft[] =
    served === undefined ? [] : [{ action: 'recover', version: served, checksum: servedChecksum, reason: pinReason }]
  const staging = drafts.some(({ action }) => action === 'stage')
  const ready = present === undefined ? await prepareFolder(world, entry) : undefined
  if (ready === undefined) await replaceLineage(world, entry)
  await carryOut(world, {
    log: found.log,
    intent: {
      action: 'register',
      version,
      checksum,
      entries: numberEntries([...pins, ...drafts], found.log.entries, clock),
    },
    commit: async () => {
      // before the version can be seen: nothing that was not promoted is served for being the highest
      if (pinned !== undefined) await replaceService(files, process, pinned)
      if (ready !== undefined) {
        await files.rename(ready, `${versionsFolder}/${version}`)
        await files.syncFolder(versionsFolder)
      }
      if (!staging) return
      const { service } = await readSnapshot(files)
      await replaceService(files, process, withStaging(service, version, files.model))
    },
  })
}

export const pinReason = 'served as the highest version until now; in production by name from here on'

/** The service.json that leaves nothing to the highest version; undefined where the present one does already. */
function pinnedText({ files }: StoreWorld, found: StoreSnapshot): string | undefined {
  if (found.service.config.active !== undefined) return undefined
  return withoutHighest(found.service, servedVersion(found), files.model)
}

type Bytes = {
  readonly version: string
  readonly checksum: string
  readonly present: string | undefined
  readonly recorded: string | undefined
}

function assertSameBytes(model: string, { version, checksum, present, recorded }: Bytes): void {
  const known = recorded ?? present
  if (known !== undefined && known !== checksum)
    throw createError(
      'VALIDATION_FAILED',
      `${model} has a version ${version} with other bytes (SHA-256 ${known}, these have ${checksum}); register these as another version`,
      { details: { version, known, checksum } },
    )
  if (present !== undefined && present !== checksum)
    throw createError(
      'CHECKSUM_MISMATCH',
      `${model}/${versionsFolder}/${version} must have SHA-256 ${checksum}, got ${present}; delete the folder and register the version again`,
      { details: { version, checksum, present } },
    )
}

function isRecorded({ log }: StoreSnapshot, version: string): boolean {
  return recordedChecksum(log.entries, version) !== undefined
}

/** A service.json that names a version before it is there would serve it unpromoted, the moment it is. */
function assertNotNamedYet(
  model: string,
  { production }: StoreSnapshot,
  { version, isKnown }: { readonly version: string; readonly isKnown: boolean },
): void {
  if (production !== version || isKnown) return
  throw createError(
    'VALIDATION_FAILED',
    `${model}/service.json puts ${version} in production before it is registered; take it out of aliases and active, and promote it afterwards`,
    { details: { model, version } },
  )
}

function entriesFor({ version, state }: VersionEntry, checksum: string, found: StoreSnapshot): EntryDraft[] {
  const { entries } = found.log
  const drafts: EntryDraft[] = []
  if (!entries.some((entry) => entry.action === 'register' && entry.version === version))
    drafts.push({ action: 'register', version, checksum })
  const before = stateOf(version, { entries, production: found.production })
  if (state === 'staging' && before === 'development')
    drafts.push({ action: 'stage', version, previous: found.service.config.aliases?.[stagingAlias] })
  return drafts
}

/** The whole folder under a name that no registry reads; on the disk when this resolves. */
async function prepareFolder({ files, process }: StoreWorld, entry: VersionEntry): Promise<string> {
  if ((await files.list(versionsFolder)) === undefined) {
    await files.makeFolder(versionsFolder)
    await files.syncFolder('')
  }
  const folder = `${versionsFolder}/.register-${process.token()}`
  await files.makeFolder(folder)
  for (const [name, bytes] of Object.entries(entry.files)) await files.write(`${folder}/${name}`, bytes)
  await files.write(`${folder}/${lineageFile}`, jsonBytes(entry.lineage))
  await files.syncFolder(folder)
  return folder
}

/** The same bytes that pass their gates at last have another lineage. */
async function replaceLineage({ files, process }: StoreWorld, { version, lineage }: VersionEntry): Promise<void> {
  const temporary = `.lineage-${process.token()}.json`
  await files.write(temporary, jsonBytes(lineage))
  await files.rename(temporary, `${versionsFolder}/${version}/${lineageFile}`)
  await files.syncFolder(`${versionsFolder}/${version}`)
}
