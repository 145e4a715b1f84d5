// A wheel on disk in; the entries that its pin keeps, as files under the home, and a mark that says so, out.

import { createWriteStream } from 'node:fs'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { z } from 'zod'
import { isMLError } from '../../errors.ts'
import { installFailure, isFileError } from './install-failure.ts'
import { type InstallFolders, isHeader } from './install-folders.ts'
import type { PinnedWheel } from './pinned.ts'

const markShape = z.object({
  sha256: z.string(),
  keep: z.array(z.string()),
  /** Relative to the home. */
  files: z.array(z.object({ path: z.string(), byteLength: z.number() })),
})

type UnpackedFile = z.infer<typeof markShape>['files'][number]

export type UnpackOptions = {
  readonly signal?: AbortSignal
  /** Called with the bytes that were written since the last call. */
  readonly onBytes?: (byteLength: number) => void
}

/** True where all was unpacked from the wheel and is still there; `libraries` asks for what outlives the install only. */
export async function isUnpacked(
  wheel: PinnedWheel,
  folders: InstallFolders,
  parts: 'all' | 'libraries',
): Promise<boolean> {
  let mark: unknown
  try {
    mark = JSON.parse(await readFile(markPath(wheel, folders), 'utf8'))
  } catch {
    return false
  }
  const { success, data } = markShape.safeParse(mark)
  if (!success || data.sha256 !== wheel.sha256 || data.keep.join('\n') !== wheel.keep.join('\n')) return false
  for (const { path, byteLength } of data.files) {
    const file = join(folders.home, path)
    const isNeeded = parts === 'all' || file.startsWith(folders.libraries + sep)
    if (isNeeded && !(await hasByteLength(file, byteLength))) return false
  }
  return true
}

/** Unpacks what is not there yet. @throws BACKEND_UNAVAILABLE where the wheel is no zip or lacks what it should have */
export async function unpackWheel(
  path: string,
  wheel: PinnedWheel,
  folders: InstallFolders,
  options: UnpackOptions = {},
): Promise<void> {
  let files: readonly UnpackedFile[]
  try {
    files = await unpackEntries(path, wheel, folders, options)
  } catch (error) {
    options.signal?.throwIfAborted()
    if (isMLError(error) || isFileError(error)) throw error
    const text = error instanceof Error ? error.message : String(error)
    throw installFailure('wheels', `cannot read ${wheel.fileName} as a zip: ${text}`, { cause: error })
  }
  const absent = wheel.keep.filter((kept) => !files.some(({ path: file }) => isKept(nameOf(file, folders), [kept])))
  if (absent.length > 0)
    throw installFailure('wheels', `${wheel.fileName} has no ${absent.join(', ')}: it is not the wheel that was pinned`)
  await writeMark(wheel, folders, files)
}

async function unpackEntries(
  path: string,
  wheel: PinnedWheel,
  folders: InstallFolders,
  options: UnpackOptions,
): Promise<readonly UnpackedFile[]> {
  const zip = await openPromise(path, { strictFileNames: true })
  const files: UnpackedFile[] = []
  try {
    for await (const entry of zip.eachEntry()) {
      options.signal?.throwIfAborted()
      if (entry.fileName.endsWith('/') || !isKept(entry.fileName, wheel.keep)) continue
      const file = entryPath(entry.fileName, folders)
      await unpackEntry(zip, entry, file, options)
      files.push({ path: relative(folders.home, file), byteLength: entry.uncompressedSize })
    }
  } finally {
    zip.close()
  }
  return files
}

async function unpackEntry(zip: ZipFile, entry: Entry, file: string, options: UnpackOptions): Promise<void> {
  const { signal, onBytes = () => {} } = options
  if (await hasByteLength(file, entry.uncompressedSize)) return onBytes(entry.uncompressedSize)
  await mkdir(dirname(file), { recursive: true })
  const part = `${file}.part`
  const count = async function* (pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of pieces) {
      onBytes(piece.length)
      yield piece
    }
  }
  // the size under the final name is what says that a file is whole, so the bytes must be on disk before the name is
  const target = createWriteStream(part, { flush: true })
  try {
    await pipeline(await zip.openReadStreamPromise(entry), count, target, signal === undefined ? {} : { signal })
  } catch (error) {
    // the pipeline's own AbortError does not say why
    signal?.throwIfAborted()
    throw error
  }
  await rename(part, file)
}

/** @throws BACKEND_UNAVAILABLE for an entry that would be written elsewhere */
function entryPath(name: string, folders: InstallFolders): string {
  const root = isHeader(name) ? folders.build : folders.libraries
  const file = resolve(root, name)
  if (!file.startsWith(root + sep)) throw installFailure('wheels', `a wheel's entry ${name} lies outside its folder`)
  return file
}

/** The entry's name in the wheel. */
function nameOf(path: string, folders: InstallFolders): string {
  const file = join(folders.home, path)
  return relative(file.startsWith(folders.build + sep) ? folders.build : folders.libraries, file)
}

/** A prefix ends in a slash; all else is an exact name. */
function isKept(name: string, keep: readonly string[]): boolean {
  return keep.some((kept) => (kept.endsWith('/') ? name.startsWith(kept) : name === kept))
}

async function hasByteLength(path: string, byteLength: number): Promise<boolean> {
  try {
    return (await stat(path)).size === byteLength
  } catch {
    return false
  }
}

async function writeMark(wheel: PinnedWheel, folders: InstallFolders, files: readonly UnpackedFile[]): Promise<void> {
  const path = markPath(wheel, folders)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.part`, JSON.stringify({ sha256: wheel.sha256, keep: wheel.keep, files }))
  await rename(`${path}.part`, path)
}

function markPath(wheel: PinnedWheel, folders: InstallFolders): string {
  return join(folders.libraries, `${wheel.fileName}.json`)
}
