// Pinned npm packages in; their files, fetched by the user's own npm and checked, out.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashFile } from './file-hash.ts'
import { endText, installFailure, lastLines } from './install-failure.ts'
import type { InstallFolders } from './install-folders.ts'
import type { Machine } from './machine.ts'
import type { PinnedTarball } from './pinned.ts'

/** Holds the integrity of what lies beside it; written last, so that it says that the folder is whole. */
const markName = '.integrity'

/** Where a package's files lie: what only the compiler needs apart from what the runtime loads. */
export function packageFolder(tarball: PinnedTarball, folders: InstallFolders): string {
  return join(tarball.package === 'node-api-headers' ? folders.build : folders.modules, tarball.package)
}

/** The packages that are not there yet. */
export async function absentPackages(
  tarballs: readonly PinnedTarball[],
  folders: InstallFolders,
): Promise<readonly PinnedTarball[]> {
  const absent: PinnedTarball[] = []
  for (const tarball of tarballs) {
    const mark = await readFile(join(packageFolder(tarball, folders), markName), 'utf8').catch(() => undefined)
    if (mark !== tarball.integrity) absent.push(tarball)
  }
  return absent
}

/** @throws BACKEND_UNAVAILABLE where npm fails or brings other bytes; `signal.reason` */
export async function fetchPackages(
  tarballs: readonly PinnedTarball[],
  folders: InstallFolders,
  machine: Machine,
  signal?: AbortSignal,
): Promise<void> {
  const arrival = join(folders.download, 'packages')
  await rm(arrival, { recursive: true, force: true })
  await mkdir(arrival, { recursive: true })
  const specs = tarballs.map((tarball) => `${tarball.package}@${tarball.version}`)
  const options = signal === undefined ? {} : { signal }
  const packed = await machine.run(
    ['npm', 'pack', ...specs, '--pack-destination', arrival, '--ignore-scripts', '--loglevel', 'error'],
    options,
  )
  if (packed.kind !== 'exited' || packed.exitCode !== 0)
    throw installFailure(
      'packages',
      `npm could not fetch ${specs.join(', ')} (${endText(packed)}): see to its registry and proxy`,
      {
        quoted: lastLines(packed),
      },
    )
  for (const tarball of tarballs) {
    const file = join(arrival, tarballName(tarball))
    await assertIntegrity(tarball, file, signal)
    await untar(tarball, file, folders, machine, signal)
  }
  await rm(arrival, { recursive: true })
}

async function assertIntegrity(tarball: PinnedTarball, file: string, signal?: AbortSignal): Promise<void> {
  const name = `${tarball.package} ${tarball.version}`
  let integrity: string
  try {
    integrity = `sha512-${await hashFile(file, 'sha512', 'base64', signal)}`
  } catch (error) {
    signal?.throwIfAborted()
    throw installFailure('packages', `npm said that it fetched ${name}, and did not`, { cause: error })
  }
  if (integrity === tarball.integrity) return
  await rm(file)
  throw installFailure(
    'packages',
    `${name} has the wrong hash: expected ${tarball.integrity}, got ${integrity}; the file was deleted, the registry that npm asked is not to be trusted with it`,
  )
}

async function untar(
  tarball: PinnedTarball,
  file: string,
  folders: InstallFolders,
  machine: Machine,
  signal?: AbortSignal,
): Promise<void> {
  const folder = packageFolder(tarball, folders)
  const part = `${folder}.part`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true })
  const result = await machine.run(
    ['tar', '-xzf', file, '-C', part, '--strip-components=1', '--no-same-owner'],
    signal === undefined ? {} : { signal },
  )
  if (result.kind !== 'exited' || result.exitCode !== 0)
    throw installFailure('packages', `tar could not unpack ${tarballName(tarball)} (${endText(result)})`, {
      quoted: lastLines(result),
    })
  await writeFile(join(part, markName), tarball.integrity)
  await rm(folder, { recursive: true, force: true })
  await rename(part, folder)
}

/** As npm names it: @a/b of version 1.0.0 is a-b-1.0.0.tgz. */
function tarballName({ package: name, version }: PinnedTarball): string {
  return `${name.replace(/^@/, '').replace('/', '-')}-${version}.tgz`
}
