// The bytes of a SavedModel in; a folder that holds them out: in the user's cache by their hash, or a temporary one.

import { createHash, randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { cacheRoot } from '../host/native-home.ts'

export type SavedModelFolder = {
  /** Absolute. */
  readonly path: string
  /** Called once TensorFlow has read it. */
  done(): Promise<void>
}

/** The name under which TensorFlow looks. */
const fileName = 'saved_model.pb'

/** A folder that no load has asked for in this time is deleted by the next one that is written. */
const keptMs = 30 * 24 * 60 * 60 * 1000

/**
 * One that lies in the cache is compared with `bytes` and written anew where it differs. Many processes may do so at once: the
 * file appears by renaming, whole. Where the cache cannot be written, a temporary folder serves.
 * @throws what the system says where neither can be written
 */
export async function saveSavedModel(
  bytes: Uint8Array,
  env: NodeJS.ProcessEnv = process.env,
): Promise<SavedModelFolder> {
  const root = join(cacheRoot(env), 'saved-models')
  const path = join(root, createHash('sha256').update(bytes).digest('hex'))
  try {
    await keepIn(path, bytes)
    return { path, done: () => dropOld(root) }
  } catch {
    // read-only, full, or no home at all: a model loads all the same
    return saveTemporarily(bytes)
  }
}

async function keepIn(path: string, bytes: Uint8Array): Promise<void> {
  const file = join(path, fileName)
  const isThere = await readFile(file).then(
    (found) => found.equals(bytes),
    () => false,
  )
  if (isThere) {
    // tells when it was asked for last; a cache that can only be read serves as well
    const now = new Date()
    return utimes(path, now, now).catch(() => undefined)
  }
  await mkdir(path, { recursive: true, mode: 0o700 })
  const part = `${file}.${randomUUID()}`
  try {
    await writeFile(part, bytes, { mode: 0o600 })
    await rename(part, file)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    throw error
  }
}

async function saveTemporarily(bytes: Uint8Array): Promise<SavedModelFolder> {
  const path = await mkdtemp(join(tmpdir(), 'tfjs-serving-'))
  const done = async (): Promise<void> => rm(path, { recursive: true, force: true }).catch(() => undefined)
  try {
    await writeFile(join(path, fileName), bytes, { mode: 0o600 })
    return { path, done }
  } catch (error) {
    await done()
    throw error
  }
}

/** Whatever goes wrong here, the next load does it again. */
async function dropOld(root: string): Promise<void> {
  const oldest = Date.now() - keptMs
  for (const name of await readdir(root).catch(() => [])) {
    const path = join(root, name)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }))
    if (mtimeMs < oldest) await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}
