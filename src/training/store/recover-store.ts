// A model folder that a killed command may have left, or a person changed, in; one whose history tells of it, out.

import { parseLockName } from './store-lock.ts'
import type { HistoryEntry } from './model-store.ts'
import { stagingAlias, withStaging } from './service-file.ts'
import type { StoreFiles, StoreWorld } from './store-files.ts'
import {
  checksumOf,
  numberEntries,
  readSnapshot,
  readText,
  type StoreSnapshot,
  versionsFolder,
} from './store-snapshot.ts'
import { appendHistory, type Intent, intentFile, readIntent, replaceService } from './store-writes.ts'
import { recordedProduction } from './version-states.ts'

/** So much of a torn line is told; all of it stays in the file. */
const shownCharacters = 120

/** True where a killed command left something to mend or to take away. */
export async function isDamaged({ files, process }: StoreWorld): Promise<boolean> {
  if ((await leftovers(files)).length > 0 || (await readText(files, intentFile)) !== undefined) return true
  for (const name of (await files.list('')) ?? []) {
    const holder = parseLockName(name)
    if (holder !== undefined && (await process.look(holder)) === 'dead') return true
  }
  const { log, production } = await readSnapshot(files)
  return log.torn.length > 0 || (log.entries.length > 0 && recordedProduction(log.entries) !== production)
}

/**
 * Takes leftovers away, ends what a killed command had committed, and appends a `recover` where the history did not say
 * what is true; service.json is the truth. Only for who holds the lock. A crash in here changes nothing about that.
 */
export async function recoverStore(world: StoreWorld): Promise<StoreSnapshot> {
  const { files, clock } = world
  for (const path of await leftovers(files)) await files.remove(path)
  const intent = await readIntent(files)
  const found = await readSnapshot(files)
  const missing = intent === undefined ? [] : await entriesToCatchUp(world, found, intent)
  if (intent !== undefined && missing.length > 0) await finishStaging(world, found, intent, missing)
  const caughtUp = [...found.log.entries, ...missing]
  const { production } = found
  const recorded = recordedProduction(caughtUp)
  const notes = [
    ...found.log.torn.map(({ line, text }) => `line ${line} is cut off: ${text.slice(0, shownCharacters)}`),
    ...(missing.length > 0 && intent
      ? [`${intent.action} of ${intent.version} was interrupted after it took effect`]
      : []),
    ...(recorded === production
      ? []
      : [`service.json puts ${production ?? 'no version'} in production, the history ${recorded ?? 'none'}`]),
  ]
  const checksum = production === undefined ? undefined : await checksumOf(world, production)
  const told = numberEntries(
    notes.length === 0
      ? []
      : [
          {
            action: 'recover',
            version: production ?? '',
            previous: recorded === production ? undefined : recorded,
            checksum,
            reason: notes.join('; '),
          },
        ],
    caughtUp,
    clock,
  )
  await appendHistory(files, [...missing, ...told], found.log)
  await files.remove(intentFile)
  return readSnapshot(files)
}

/** Entries of a committed command that the history lacks; none where it was killed before it took effect. */
async function entriesToCatchUp(
  world: StoreWorld,
  { log, production }: StoreSnapshot,
  { action, version, checksum, entries }: Intent,
): Promise<readonly HistoryEntry[]> {
  const isCommitted = action === 'register' ? (await checksumOf(world, version)) === checksum : production === version
  return isCommitted ? entries.filter(({ seq }) => seq > log.entries.length) : []
}

/** A version that is there and was to be staged is. */
async function finishStaging(
  { files, process }: StoreWorld,
  { service }: StoreSnapshot,
  { version }: Intent,
  missing: readonly HistoryEntry[],
): Promise<void> {
  if (!missing.some(({ action }) => action === 'stage')) return
  if (service.config.aliases?.[stagingAlias] !== version)
    await replaceService(files, process, withStaging(service, version, files.model))
}

/** Whoever holds the lock knows that nobody writes them any more. */
async function leftovers(files: StoreFiles): Promise<readonly string[]> {
  const own = ((await files.list('')) ?? []).filter((name) => /^\.(service|lineage)-[0-9a-f]{8}\.json$/.test(name))
  const folders = ((await files.list(versionsFolder)) ?? []).filter((name) => /^\.register-[0-9a-f]{8}$/.test(name))
  return [...own, ...folders.map((name) => `${versionsFolder}/${name}`)]
}
