// A model folder in; what its service.json, history and versions say at this moment, out.

import { compareVersions, isVersion } from '../../artifact/version.ts'
import { artifactChecksum, isArtifactFile } from './artifact-checksum.ts'
import { type HistoryLog, historyFile, parseHistory } from './history-log.ts'
import type { HistoryEntry } from './model-store.ts'
import { productionOf, readServiceFile, type ServiceFile, serviceFile } from './service-file.ts'
import type { StoreFiles, StoreWorld } from './store-files.ts'

export const versionsFolder = 'versions'
export const lineageFile = 'lineage.json'

export type StoreSnapshot = {
  readonly service: ServiceFile
  readonly log: HistoryLog
  /** Names of the folders in versions/, the lowest first. */
  readonly versions: readonly string[]
  /** What service.json says; undefined before the first promotion. */
  readonly production: string | undefined
}

/** @throws VALIDATION_FAILED where service.json or history.jsonl cannot be read for what they are */
export async function readSnapshot(files: StoreFiles): Promise<StoreSnapshot> {
  const service = readServiceFile(await readText(files, serviceFile), files.model)
  const log = parseHistory((await readText(files, historyFile)) ?? '', `${files.model}/${historyFile}`)
  const versions = ((await files.list(versionsFolder)) ?? []).filter(isVersion).sort(compareVersions)
  return { service, log, versions, production: productionOf(service.config) }
}

/** The version that a registry serves by the name alone: production, or the highest where service.json says nothing. */
export function servedVersion({ service, versions, production }: StoreSnapshot): string | undefined {
  return service.config.active === undefined ? versions[versions.length - 1] : production
}

export async function readText(files: StoreFiles, path: string): Promise<string | undefined> {
  const bytes = await files.read(path)
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
}

/** model.json and shards of a version; undefined where there is no such folder. */
export async function readVersion(
  files: StoreFiles,
  version: string,
): Promise<Readonly<Record<string, Uint8Array>> | undefined> {
  const names = await files.list(`${versionsFolder}/${version}`)
  if (names === undefined) return undefined
  const found: Record<string, Uint8Array> = {}
  for (const name of names.filter(isArtifactFile)) {
    const bytes = await files.read(`${versionsFolder}/${version}/${name}`)
    if (bytes !== undefined) found[name] = bytes
  }
  return found
}

/** Undefined where the version is not there. */
export async function checksumOf({ files, hash }: StoreWorld, version: string): Promise<string | undefined> {
  const found = await readVersion(files, version)
  return found && artifactChecksum(found, hash)
}

/** An entry without what its place in the history gives it. */
export type EntryDraft = Omit<HistoryEntry, 'seq' | 'at'>

/** Numbers entries to follow those of the history, at one instant; what is undefined is left out. */
export function numberEntries(
  drafts: readonly EntryDraft[],
  after: readonly HistoryEntry[],
  clock: () => Date,
): readonly HistoryEntry[] {
  const at = clock().toISOString()
  return drafts.map((draft, i) => {
    const present = Object.entries(draft).filter(([, value]) => value !== undefined)
    return { seq: after.length + 1 + i, at, ...(Object.fromEntries(present) as EntryDraft) }
  })
}
