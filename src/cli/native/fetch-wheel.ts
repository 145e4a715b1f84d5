// A pinned wheel in; the file with exactly its bytes, fetched by the user's own pip or given by path, out.

import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from './file-hash.ts'
import { endText, installFailure, lastLines } from './install-failure.ts'
import type { InstallFolders } from './install-folders.ts'
import type { Machine, ToolCommand } from './machine.ts'
import type { PinnedWheel } from './pinned.ts'

export type FetchOptions = {
  readonly signal?: AbortSignal
  /** Called with the bytes that are there so far. */
  readonly onByteLength?: (byteLength: number) => void
}

/** Often enough for a bar that moves, seldom enough to cost nothing. */
const pollDelayMs = 200

/** Where the wheel lies once it is fetched whole. */
export function wheelPath(wheel: PinnedWheel, folders: InstallFolders): string {
  return join(folders.download, wheel.fileName)
}

/** True where the file of an earlier call is there with the wheel's very bytes; one with others is deleted. */
export async function isFetched(wheel: PinnedWheel, folders: InstallFolders, signal?: AbortSignal): Promise<boolean> {
  const path = wheelPath(wheel, folders)
  if ((await byteLengthOf(path)) === 0) return false
  if ((await hashFile(path, 'sha256', 'hex', signal)) === wheel.sha256) return true
  await rm(path)
  return false
}

/** @throws BACKEND_UNAVAILABLE where pip fails or brings other bytes; `signal.reason` */
export async function fetchWheel(
  wheel: PinnedWheel,
  pip: ToolCommand,
  folders: InstallFolders,
  machine: Machine,
  options: FetchOptions = {},
): Promise<void> {
  const { signal, onByteLength = () => {} } = options
  const arrival = join(folders.download, 'arrival')
  await rm(arrival, { recursive: true, force: true })
  await mkdir(arrival, { recursive: true })
  const poll = setInterval(() => {
    // a folder that changes while it is read says nothing this time
    folderByteLength(arrival).then(onByteLength, () => {})
  }, pollDelayMs)
  const result = await machine
    .run([...pip, ...downloadArguments(wheel, arrival)], {
      ...(signal === undefined ? {} : { signal }),
      // pip gathers the file in its temporary folder, which may lie on a smaller disk, and is left behind by a kill
      env: { TMPDIR: arrival },
    })
    .finally(() => clearInterval(poll))
  const name = `${wheel.project} ${wheel.version}`
  if (result.kind !== 'exited' || result.exitCode !== 0)
    throw installFailure(
      'wheels',
      `pip could not fetch ${name} (${endText(result)}): see to its index and proxy, or get ${wheel.fileName} elsewhere and give it by --wheel`,
      { quoted: lastLines(result) },
    )
  const file = join(arrival, wheel.fileName)
  if ((await byteLengthOf(file)) === 0) {
    const found = (await readdir(arrival)).filter((entry) => entry.endsWith('.whl'))
    throw installFailure('wheels', `pip brought ${found.join(', ') || 'nothing'} for ${name}, not ${wheel.fileName}`)
  }
  const sha256 = await hashFile(file, 'sha256', 'hex', signal)
  if (sha256 !== wheel.sha256) {
    await rm(arrival, { recursive: true })
    throw installFailure(
      'wheels',
      `${wrongHash(wheel, sha256)}; the file was deleted, the index that pip asked is not to be trusted with it`,
    )
  }
  await rename(file, wheelPath(wheel, folders))
  await rm(arrival, { recursive: true })
}

/** What is wrong with a file that should be the wheel, in one line. */
export function wrongHash(wheel: PinnedWheel, sha256: string): string {
  return `${wheel.fileName} has the wrong hash: expected sha256 ${wheel.sha256}, got ${sha256}`
}

/** One Python for all, so that there is one file to pin: only its C libraries are used, which no Python touches. */
function downloadArguments(wheel: PinnedWheel, folder: string): string[] {
  const chosen = [
    '--python-version',
    '3.11',
    '--implementation',
    'cp',
    '--abi',
    'cp311',
    '--platform',
    wheel.pipPlatform,
  ]
  // a copy in pip's own cache would cost its size once more
  const plain = ['--no-deps', '--only-binary=:all:', '--no-cache-dir', '--no-input', '--disable-pip-version-check']
  return ['download', ...plain, ...chosen, `${wheel.project}==${wheel.version}`, '--dest', folder]
}

async function folderByteLength(folder: string): Promise<number> {
  let sum = 0
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) sum += await byteLengthOf(join(entry.parentPath, entry.name))
  return sum
}

/** 0 where it is not there. */
async function byteLengthOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size
  } catch {
    return 0
  }
}
