// Paths in, the bytes of source files out; and the bytes of an artifact in, a folder of them out. Needs Node.

import { mkdir, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { createError } from '../../src/errors.ts'
import { parseJsonObject } from '../formats/layers/json-kind.ts'
import { shardNamesOf } from '../formats/layers/weight-files.ts'
import { typesFileName } from '../types/types-file.ts'
import { parsePythonJson } from '../../src/rows/python-json.ts'
import { isForeignModel } from './foreign-model.ts'
import type { SourceFiles } from './source-format.ts'

/** A folder given as a source by mistake, such as a home directory, ends here instead of in memory. */
const maxFolderFiles = 256

/**
 * The file at `path`, or all files of the folder there, by name; with the model.json of a tf.LayersModel its weight files.
 * @throws MODEL_LOAD_FAILED where there is none or it cannot be read; it may be there later
 */
export async function readSourceFiles(path: string): Promise<SourceFiles> {
  try {
    if (!(await stat(path)).isDirectory()) return await readWithShards(path)
    const entries = (await readdir(path, { withFileTypes: true })).filter((entry) => entry.isFile())
    if (entries.length > maxFolderFiles)
      throw createError('LIMIT_EXCEEDED', `folder ${path} may have ${maxFolderFiles} files, got ${entries.length}`)
    const files = entries.map(async ({ name }) => [name, new Uint8Array(await readFile(join(path, name)))] as const)
    return Object.fromEntries(await Promise.all(files))
  } catch (cause) {
    throw wrapped(cause, 'MODEL_LOAD_FAILED', `cannot read the source ${path}`)
  }
}

/** Weight files lie beside it: a path in the manifest that leads elsewhere is not followed. */
async function readWithShards(path: string): Promise<SourceFiles> {
  const name = basename(path)
  const bytes = new Uint8Array(await readFile(path))
  const beside = shardNames(name, bytes).map(async (shard): Promise<[string, Uint8Array][]> => {
    const content = await readFile(join(dirname(path), shard)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined // the reader of layers models names what is missing
      throw error
    })
    return content === undefined ? [] : [[shard, new Uint8Array(content)]]
  })
  return Object.fromEntries([[name, bytes], ...(await Promise.all(beside)).flat()])
}

function shardNames(name: string, bytes: Uint8Array): string[] {
  if (!/\.json$/i.test(name)) return []
  try {
    const shards = shardNamesOf(parseJsonObject(bytes, name))
    return shards.filter((shard) => basename(shard) === shard && shard !== name).slice(0, maxFolderFiles)
  } catch {
    return [] // whether and how it is broken is for its reader to say
  }
}

/** @throws INPUT_INVALID where the file of option `option` is missing or no JSON */
export async function readJsonFile(path: string, option: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw wrapped(cause, 'INPUT_INVALID', `option ${option} must be the path of a JSON file; cannot read ${path}`)
  })
  try {
    return parsePythonJson(text)
  } catch (cause) {
    throw wrapped(cause, 'INPUT_INVALID', `option ${option} must be the path of a JSON file; ${path} is none`)
  }
}

/**
 * Writes an artifact. Where `outDir` is new or an older artifact, all files come at once, by renaming a folder; in a
 * folder that must stay itself (it is empty, has other files, is a mount or where this process works) each file is
 * renamed into place, model.json last, so that no reader takes half of it for whole.
 */
export async function writeArtifactFiles(outDir: string, files: SourceFiles): Promise<void> {
  await assertNoForeignModel(outDir)
  try {
    const target = await resolveFolder(outDir)
    await mkdir(dirname(target), { recursive: true })
    const present = await presentFiles(target)
    if (present === 'nothing' || (present === 'artifact' && !isWorkingFolder(target)))
      await swapIn(target, files, present)
    else await placeInto(target, files)
  } catch (cause) {
    throw wrapped(cause, 'INPUT_INVALID', `option outDir must be a folder that can be written; cannot write ${outDir}`)
  }
}

/** @throws INPUT_INVALID where an artifact in `outDir` would take the place of a model that is none */
export async function assertNoForeignModel(outDir: string): Promise<void> {
  const bytes = await readFile(join(outDir, 'model.json')).catch(() => undefined)
  if (bytes === undefined || !isForeignModel(bytes)) return
  throw createError(
    'INPUT_INVALID',
    `option outDir must be a folder of its own: the model.json in ${outDir} is no artifact of this library, and would be overwritten. Give another folder, or move that file away`,
  )
}

/** A link stays a link to the folder that is written. */
async function resolveFolder(outDir: string): Promise<string> {
  const target = resolve(outDir)
  return realpath(target).catch(() => target)
}

/** Swapping away the folder that a shell works in leaves the shell in a deleted one. */
function isWorkingFolder(target: string): boolean {
  const below = relative(target, process.cwd())
  return !below.startsWith('..') && !isAbsolute(below)
}

async function swapIn(target: string, files: SourceFiles, present: Present): Promise<void> {
  try {
    await withStaging(dirname(target), files, (staging) => moveFolder(staging, target, present))
  } catch (error) {
    // a mount cannot be renamed, and its parent may not be ours
    if (present !== 'artifact' || !isErrno(error, ['EBUSY', 'EXDEV', 'EACCES', 'EPERM', 'EROFS'])) throw error
    await placeInto(target, files)
  }
}

async function placeInto(target: string, files: SourceFiles): Promise<void> {
  await withStaging(target, files, (staging) => moveFiles(staging, target, Object.keys(files)))
}

async function withStaging(
  parent: string,
  files: SourceFiles,
  move: (staging: string) => Promise<void>,
): Promise<void> {
  // mkdtemp would keep everyone else out of the finished artifact.
  const staging = join(parent, `.artifact-${crypto.randomUUID()}`)
  await mkdir(staging)
  try {
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(staging, name), bytes)
    await move(staging)
  } finally {
    await rm(staging, { recursive: true, force: true })
  }
}

function isErrno(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}

/** `other`: empty, or with files that no artifact has. */
type Present = 'nothing' | 'artifact' | 'other'

async function presentFiles(folder: string): Promise<Present> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (names === undefined) return 'nothing'
  return names.length > 0 && names.every(isArtifactFile) ? 'artifact' : 'other'
}

function isArtifactFile(name: string): boolean {
  return name === 'model.json' || isReplaced(name)
}

/** What an older artifact leaves behind, and a newer one may not have: types of another row would be wrong ones. */
function isReplaced(name: string): boolean {
  return isShard(name) || name === typesFileName
}

function isShard(name: string): boolean {
  return /^group\d+-shard\d+of\d+\.bin$/.test(name)
}

async function moveFolder(staging: string, target: string, present: Present): Promise<void> {
  if (present === 'nothing') return rename(staging, target)
  const old = `${staging}-old`
  await rename(target, old)
  try {
    await rename(staging, target)
  } catch (error) {
    await rename(old, target)
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

async function moveFiles(staging: string, target: string, names: readonly string[]): Promise<void> {
  const ordered = [...names.filter((name) => name !== 'model.json'), 'model.json']
  for (const name of ordered) await rename(join(staging, name), join(target, name))
  for (const name of await readdir(target))
    if (isReplaced(name) && !names.includes(name)) await rm(join(target, name), { force: true })
}

function wrapped(cause: unknown, code: 'MODEL_LOAD_FAILED' | 'INPUT_INVALID', text: string): Error {
  if (cause instanceof Error && 'code' in cause && cause.code === 'LIMIT_EXCEEDED') return cause
  const reason = cause instanceof Error ? cause.message : String(cause)
  return createError(code, `${text}: ${reason}`, { cause })
}
