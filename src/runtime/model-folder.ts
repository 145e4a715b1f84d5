// Folders on disk in, artifact files and what lies beside them out; the runtime's only file access.

import type { Dirent } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createError, isMLError } from '../errors.ts'

/** An artifact is a model.json and its shards; nothing else in its folder is read. */
const artifactFile = /^(model\.json|[\w.-]+\.bin)$/

/** One artifact may be at most this large: four times the largest TensorFlow.js wasm heap could not load it either. */
const maxArtifactByteLength = 4 * 1024 ** 3

export type ModelFolder = {
  readonly name: string
  readonly path: string
  readonly versions: readonly string[]
  /** Text of service.json. */
  readonly serviceConfig: string | undefined
  /** Text of rule.json: a decision list. */
  readonly rule: string | undefined
  /** Why one of the two is there and cannot be read. Taken for none, it would let the highest version be served. */
  readonly unreadable?: Error
}

/**
 * Reads the files of an artifact folder.
 * @throws MODEL_LOAD_FAILED where the folder or its model.json cannot be read
 */
export async function readArtifactFolder(folder: string): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {}
  try {
    const names = (await readdir(folder)).filter((name) => artifactFile.test(name))
    if (!names.includes('model.json'))
      throw createError(
        'MODEL_LOAD_FAILED',
        `${folder} holds no model.json; expected a folder that convert has written`,
      )
    let byteLength = 0
    for (const name of names) {
      byteLength += (await stat(join(folder, name))).size
      if (byteLength > maxArtifactByteLength)
        throw createError('MODEL_LOAD_FAILED', `${folder} may hold ${maxArtifactByteLength} bytes, got more`)
    }
    for (const name of names) files[name] = await readBytes(join(folder, name))
  } catch (cause) {
    if (isMLError(cause)) throw cause
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw createError('MODEL_LOAD_FAILED', `cannot read the artifact folder ${folder}: ${reason}`, { cause })
  }
  return files
}

/** Bytes in a buffer of their own: small Node buffers are views into a shared pool, which TensorFlow.js misreads. */
async function readBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path))
}

/**
 * Lists the models of a models folder: each folder in it that has versions/ or a service.json.
 * @throws MODEL_LOAD_FAILED where the models folder itself cannot be read
 */
export async function discoverModelFolders(modelsDir: string): Promise<ModelFolder[]> {
  let entries: Dirent[]
  try {
    entries = await readdir(modelsDir, { withFileTypes: true })
  } catch (cause) {
    throw createError('MODEL_LOAD_FAILED', `cannot read the models folder ${modelsDir}: ${(cause as Error).message}`, {
      cause,
    })
  }
  const folders: ModelFolder[] = []
  for (const entry of entries) {
    if (!(entry.isDirectory() || entry.isSymbolicLink())) continue
    const folder = await readModelFolder(modelsDir, entry.name)
    if (folder !== undefined) folders.push(folder)
  }
  return folders.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** One model's folder as it is now; undefined where there is none of that name, or it is none of a model. */
export async function readModelFolder(modelsDir: string, name: string): Promise<ModelFolder | undefined> {
  if (name.startsWith('.') || basename(name) !== name) return undefined
  const path = join(modelsDir, name)
  try {
    // before the versions: what it names is there by then, since a version comes before it is named
    const serviceConfig = await readText(join(path, 'service.json'))
    const rule = await readText(join(path, 'rule.json'))
    const versions = await listVersions(join(path, 'versions'))
    if (versions === undefined && serviceConfig === undefined) return undefined
    return { name, path, versions: versions ?? [], serviceConfig, rule }
  } catch (error) {
    return { name, path, versions: [], serviceConfig: undefined, rule: undefined, unreadable: error as Error }
  }
}

async function listVersions(path: string): Promise<string[] | undefined> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    return entries.filter((entry) => !entry.name.startsWith('.') && !entry.isFile()).map((entry) => entry.name)
  } catch {
    return undefined
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}
