// The path of a model folder in, its files on this machine's disk out. Needs Node.

import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import type { StoreFiles } from './store-files.ts'

/** Systems that cannot sync a folder, such as Windows, write its entries through by themselves or not at all. */
const unsyncedFolders = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP', 'EBADF']

export function createDiskFiles(modelDir: string): StoreFiles {
  const root = resolve(modelDir)
  const at = (path: string): string => join(root, path)
  return {
    path: modelDir,
    model: basename(root),
    list: (folder) => unlessMissing(readdir(at(folder))),
    async read(path) {
      const bytes = await unlessMissing(readFile(at(path)))
      return bytes && new Uint8Array(bytes)
    },
    async write(path, bytes, like) {
      const model = like === undefined ? undefined : await unlessMissing(stat(at(like)))
      const file = await open(at(path), 'w')
      try {
        if (model !== undefined) {
          await file.chmod(model.mode & 0o777)
          // only a superuser gives files away
          await file.chown(model.uid, model.gid).catch(() => undefined)
        }
        await file.writeFile(bytes)
        await file.sync()
      } finally {
        await file.close()
      }
    },
    async append(path, bytes) {
      const file = await open(at(path), 'a')
      try {
        // one write: two of them could be torn apart
        const { bytesWritten } = await file.write(bytes)
        if (bytesWritten !== bytes.length) throw new Error(`wrote ${bytesWritten} of ${bytes.length} bytes of ${path}`)
        await file.sync()
      } finally {
        await file.close()
      }
    },
    makeFolder: async (path) => void (await mkdir(at(path), { recursive: true })),
    rename: (from, to) => rename(at(from), at(to)),
    remove: (path) => rm(at(path), { recursive: true, force: true }),
    async syncFolder(folder) {
      try {
        const handle = await open(at(folder), 'r')
        await handle.sync().finally(() => handle.close())
      } catch (error) {
        if (!hasCode(error, unsyncedFolders)) throw error
      }
    },
  }
}

async function unlessMissing<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found
  } catch (error) {
    // a file where a folder was looked for, or the other way round, is none
    if (hasCode(error, ['ENOENT', 'ENOTDIR'])) return undefined
    throw error
  }
}

function hasCode(error: unknown, codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code))
}
