// A page or picture and the path that an option gave in, the file there out.

import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { usageError } from './usage-error.ts'

/** @throws INPUT_INVALID where it cannot be written */
export async function writePage(option: string, path: string, page: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, page)
  } catch (cause) {
    throw usageError(
      `${option}: cannot write ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    )
  }
}
