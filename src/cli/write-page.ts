// A page or picture and the path that an option gave in, the file there out.

import { mkdir, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { usageError } from './usage-error.ts'

/**
 * Makes the folder of a page ahead of long work, whose result would otherwise have no place to go.
 * @throws INPUT_INVALID where no file can be there
 */
export async function preparePage(option: string, path: string): Promise<void> {
  if (path === '') throw usageError(`${option}: expected the path of a file, got ''`)
  try {
    await mkdir(dirname(path), { recursive: true })
    const present = await stat(path).catch(() => undefined)
    if (present?.isDirectory() === true) throw new Error('it is a folder')
  } catch (cause) {
    throw unwritable(option, path, cause)
  }
}

/** @throws INPUT_INVALID where it cannot be written */
export async function writePage(option: string, path: string, page: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, page)
  } catch (cause) {
    throw unwritable(option, path, cause)
  }
}

function unwritable(option: string, path: string, cause: unknown): Error {
  return usageError(`${option}: cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, cause)
}
