// The cache in; what of the add-on lies there, whole or in part, and what it takes, out.

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheRoot, findNative, nativeHome, type NativeFlavour } from '../../backend/host/native-home.ts'
import { installFolders } from './install-folders.ts'
import { withLock } from './install-lock.ts'
import type { Machine } from './machine.ts'

export type InstalledFolder = {
  readonly home: string
  /** Which one this version of the package uses; null for a folder of another version. */
  readonly flavour: NativeFlavour | null
  /** False for what an interrupted install left. */
  readonly isWhole: boolean
  readonly byteLength: number
}

const flavours: readonly NativeFlavour[] = ['cpu', 'gpu']

/** Every folder that some install made, those of other versions of this package among them. */
export async function findInstalled(machine: Machine): Promise<readonly InstalledFolder[]> {
  const root = join(cacheRoot(machine.env), 'native')
  const names = await readdir(root).catch(() => [])
  const found: InstalledFolder[] = []
  for (const name of names.sort()) {
    const home = join(root, name)
    const flavour = flavours.find((candidate) => nativeHome(candidate, machine.env) === home) ?? null
    const isWhole = flavour !== null && (await findNative(flavour, machine.env)) !== undefined
    found.push({ home, flavour, isWhole, byteLength: await folderByteLength(home) })
  }
  return found
}

/** Deletes it, once no install works in it. @throws `signal.reason` */
export async function removeInstalled({ home }: InstalledFolder, machine: Machine, signal: AbortSignal): Promise<void> {
  const folders = installFolders(home)
  await withLock(
    folders.lock,
    machine,
    async () => {
      // first what says that it is whole, so that nobody loads what is half deleted
      await rm(folders.marker, { force: true })
      await rm(home, { recursive: true })
    },
    { signal },
  )
}

async function folderByteLength(folder: string): Promise<number> {
  let sum = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }))).size
  return sum
}
