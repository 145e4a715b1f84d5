// A model folder on some disk in, its model store out.

import { z } from 'zod'
import { createError, isMLError } from '../../errors.ts'
import { promoteVersion, rollBack } from './change-production.ts'
import type { HistoryEntry, Lineage, ModelStore, StoredVersion, VersionEntry } from './model-store.ts'
import { isDamaged, recoverStore } from './recover-store.ts'
import { assertRegistrable, registerVersion } from './register-version.ts'
import type { StoreWorld } from './store-files.ts'
import { lockWaitMs, withLock } from './store-lock.ts'
import {
  checksumOf,
  lineageFile,
  readSnapshot,
  readText,
  type StoreSnapshot,
  versionsFolder,
} from './store-snapshot.ts'
import { stateOf } from './version-states.ts'

export type FolderStoreOptions = {
  /** How long a command waits for another one. @default 10 s */
  readonly waitMs?: number
}

/** Opens a store, and mends what a killed command left there unless somebody works on the folder, or it is read-only. */
export async function openFolderStore(world: StoreWorld, options: FolderStoreOptions = {}): Promise<ModelStore> {
  const { path } = world.files
  if ((await world.files.list('')) === undefined)
    throw createError('MODEL_NOT_FOUND', `there is no model folder ${path}`, { details: { path } })
  if (await isDamaged(world)) {
    try {
      await withLock(world.files, world.process, { waitMs: 0, command: () => recoverStore(world) })
    } catch {
      // the next command mends it, and says why it cannot; reading goes on
    }
  }
  return new FolderStore(world, options)
}

class FolderStore implements ModelStore {
  readonly #world: StoreWorld
  readonly #waitMs: number

  constructor(world: StoreWorld, { waitMs = lockWaitMs }: FolderStoreOptions) {
    this.#world = world
    this.#waitMs = waitMs
  }

  async register(entry: VersionEntry): Promise<void> {
    assertRegistrable(this.#world, entry)
    await this.#command((found) => registerVersion(this.#world, found, entry))
  }

  async promote(version: string, { reason }: { readonly reason?: string } = {}): Promise<void> {
    await this.#command((found) => promoteVersion(this.#world, found, { version, reason }))
  }

  async rollback({ reason }: { readonly reason?: string } = {}): Promise<string> {
    return (await this.#command((found) => rollBack(this.#world, found, reason))).version
  }

  async versions(): Promise<readonly StoredVersion[]> {
    const { versions, log, production } = await readSnapshot(this.#world.files)
    const stored: StoredVersion[] = []
    for (const version of versions) {
      const checksum = await checksumOf(this.#world, version)
      if (checksum === undefined) continue
      const state = stateOf(version, { entries: log.entries, production })
      stored.push({ version, state, checksum, lineage: await this.#lineage(version) })
    }
    return stored
  }

  async history(): Promise<readonly HistoryEntry[]> {
    return (await readSnapshot(this.#world.files)).log.entries
  }

  async production(): Promise<string | undefined> {
    return (await readSnapshot(this.#world.files)).production
  }

  async #lineage(version: string): Promise<Lineage | undefined> {
    const text = await readText(this.#world.files, `${versionsFolder}/${version}/${lineageFile}`)
    try {
      return text === undefined ? undefined : lineageSchema.safeParse(JSON.parse(text)).data
    } catch {
      return undefined
    }
  }

  /** One command at a time, on a folder that tells the truth. @throws INPUT_INVALID where the folder cannot be written */
  async #command<Result>(run: (found: StoreSnapshot) => Promise<Result>): Promise<Result> {
    const { files, process } = this.#world
    try {
      const command = async () => run(await recoverStore(this.#world))
      return await withLock(files, process, { waitMs: this.#waitMs, command })
    } catch (cause) {
      if (isMLError(cause)) throw cause
      const reason = cause instanceof Error ? cause.message : String(cause)
      throw createError(
        'INPUT_INVALID',
        `the model folder must be one that can be written; cannot write ${files.path}: ${reason}; the next command mends what this one left`,
        { cause },
      )
    }
  }
}

const lineageSchema = z.object({
  dataSha256: z.string(),
  sourceSha256: z.string(),
  codeCommit: z.string().nullable(),
  parameters: z.unknown(),
  framework: z.string(),
  seed: z.number(),
  trainedAt: z.string(),
  metrics: z.unknown(),
  gates: z.array(
    z.object({
      name: z.string(),
      passed: z.boolean(),
      measured: z.number(),
      bound: z.number(),
      text: z.string(),
    }),
  ),
}) satisfies z.ZodType<Lineage>
