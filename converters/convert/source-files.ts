// Paths in, the bytes of source files out; and the bytes of an artifact in, a folder of them out. Needs Node.

import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { createError } from '../../src/errors.ts'
import type { SourceFiles } from './source-format.ts'

/** A folder given as a source by mistake, such as a home directory, ends here instead of in memory. */
const maxFolderFiles = 256

/**
 * The file at `path`, or all files of the folder there, by name.
 * @throws MODEL_LOAD_FAILED where there is none or it cannot be read; it may be there later
 */
export async function readSourceFiles(path: string): Promise<SourceFiles> {
  try {
    if (!(await stat(path)).isDirectory()) return { [basename(path)]: new Uint8Array(await readFile(path)) }
    const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile())
    if (entries.length > maxFolderFiles)
      throw createError('LIMIT_EXCEEDED', `folder ${path} may have ${maxFolderFiles} files, got ${entries.length}`)
    const files = entries.map(async ({ name }) => [name, new Uint8Array(await readFile(join(path, name)))] as const)
    return Object.fromEntries(await Promise.all(files))
  } catch (cause) {
    throw wrapped(cause, 'MODEL_LOAD_FAILED', `cannot read the source ${path}`)
  }
}

/** @throws INPUT_INVALID where the file of option `option` is missing or no JSON */
export async function readJsonFile(path: string, option: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown
  } catch (cause) {
    throw wrapped(cause, 'INPUT_INVALID', `option ${option} must be the path of a JSON file; cannot read ${path}`)
  }
}

/**
 * Writes an artifact. Where `outDir` is new, empty or an older artifact, all files come at once, by renaming a folder;
 * beside other files each is renamed into place, model.json last, so that no reader takes half of it for whole.
 */
export async function writeArtifactFiles(outDir: string, files: SourceFiles): Promise<void> {
  const target = resolve(outDir)
  try {
    await mkdir(dirname(target), { recursive: true })
    const present = await presentFiles(target)
    const parent = present === 'strangers' ? target : dirname(target)
    // mkdtemp would keep everyone else out of the finished artifact.
    const staging = join(parent, `.artifact-${crypto.randomUUID()}`)
    await mkdir(staging)
    try {
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(staging, name), bytes)
      if (present === 'strangers') await moveFiles(staging, target, Object.keys(files))
      else await moveFolder(staging, target, present)
    } finally {
      await rm(staging, { recursive: true, force: true })
    }
  } catch (cause) {
    throw wrapped(cause, 'INPUT_INVALID', `option outDir must be a folder that can be written; cannot write ${outDir}`)
  }
}

type Present = 'nothing' | 'artifact' | 'strangers'

async function presentFiles(folder: string): Promise<Present> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (names === undefined) return 'nothing'
  return names.every(isArtifactFile) ? 'artifact' : 'strangers'
}

function isArtifactFile(name: string): boolean {
  return name === 'model.json' || isShard(name)
}

function isShard(name: string): boolean {
  return /^group\d+-shard\d+of\d+\.bin$/.test(name)
}

async function moveFolder(staging: string, target: string, present: Present): Promise<void> {
  if (present === 'nothing') return rename(staging, target)
  const old = `${staging}-old`
  await rename(target, old)
  await rename(staging, target)
  await rm(old, { recursive: true, force: true })
}

async function moveFiles(staging: string, target: string, names: readonly string[]): Promise<void> {
  const ordered = [...names.filter((name) => name !== 'model.json'), 'model.json']
  for (const name of ordered) await rename(join(staging, name), join(target, name))
  for (const name of await readdir(target))
    if (isShard(name) && !names.includes(name)) await rm(join(target, name), { force: true })
}

function wrapped(cause: unknown, code: 'MODEL_LOAD_FAILED' | 'INPUT_INVALID', text: string): Error {
  if (cause instanceof Error && 'code' in cause && cause.code === 'LIMIT_EXCEEDED') return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return createError(code, `${text}: ${reason}`, { cause })
}
