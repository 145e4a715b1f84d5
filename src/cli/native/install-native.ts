// A plan, a machine and its tools in; the add-on in its home, proven and marked as whole, out; what an earlier call left is used.

import { mkdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { findNative, tensorflowVersion, tfjsNodeVersion } from '../../backend/host/native-home.ts'
import { addonPackage, buildAddon } from './build-addon.ts'
import type { InstallTools } from './check-requirements.ts'
import { absentPackages, fetchPackages } from './fetch-packages.ts'
import { fetchWheel, isFetched, wheelPath } from './fetch-wheel.ts'
import type { GivenWheels } from './given-wheels.ts'
import { installFailure } from './install-failure.ts'
import type { InstallFolders } from './install-folders.ts'
import { writeMarker } from './install-marker.ts'
import type { InstallPlan } from './install-plan.ts'
import type { Machine } from './machine.ts'
import type { PinnedWheel } from './pinned.ts'
import { type Proof, proveAddon } from './prove-addon.ts'
import type { StepProgress } from './step-progress.ts'
import { isUnpacked, unpackWheel } from './unpack-wheel.ts'

export type InstallOptions = {
  readonly tools: InstallTools
  readonly given: GivenWheels
  readonly progress: StepProgress
  readonly signal?: AbortSignal
}

/** True where the marker is there, and so is all that it stands for. */
export async function isInstalled(plan: InstallPlan, folders: InstallFolders, machine: Machine): Promise<boolean> {
  const found = await findNative(plan.flavour, machine.env)
  if (found?.tensorflow !== tensorflowVersion || found.tfjsNode !== tfjsNodeVersion) return false
  if (!(await isThere(folders.binding))) return false
  for (const wheel of plan.wheels) if (!(await isUnpacked(wheel, folders, 'libraries'))) return false
  return true
}

/** Call it under the lock. @throws BACKEND_UNAVAILABLE for the step that failed; `signal.reason` */
export async function installNative(
  plan: InstallPlan,
  folders: InstallFolders,
  machine: Machine,
  options: InstallOptions,
): Promise<Proof> {
  const { tools, progress, signal } = options
  await rm(folders.marker, { force: true })
  await mkdir(folders.download, { recursive: true })
  for (const wheel of plan.wheels) await bringWheel(wheel, folders, machine, options)
  await bringPackages(plan, folders, machine, options)
  if (!(await isThere(folders.binding))) {
    progress.step('compile', 'compiling the add-on')
    await buildAddon(plan, tools.compiler, folders, machine, signal)
  }
  progress.step('prove', 'multiplying two matrices')
  const proof = await proveAddon(plan.flavour, folders, machine, signal)
  await writeMarker(plan.flavour, folders.home, folders)
  progress.step('clean', 'deleting what is needed no more')
  await sweep(plan, folders)
  return proof
}

/** Deletes what only an install needs. */
export async function sweep(plan: InstallPlan, folders: InstallFolders): Promise<void> {
  for (const folder of [folders.download, folders.build, join(addonPackage(plan, folders), 'binding')])
    await rm(folder, { recursive: true, force: true })
}

async function bringWheel(
  wheel: PinnedWheel,
  folders: InstallFolders,
  machine: Machine,
  { tools, given, progress, signal }: InstallOptions,
): Promise<void> {
  if (await isUnpacked(wheel, folders, 'all')) return
  await rm(folders.binding, { force: true })
  const options = signal === undefined ? {} : { signal }
  const givenPath = given.get(wheel.sha256)
  if (givenPath === undefined && !(await isFetched(wheel, folders, signal))) {
    if (tools.pip === undefined)
      throw installFailure('wheels', `${wheel.fileName} was there, and is no longer: run the same command again`)
    const advance = progress.step(`fetch ${wheel.fileName}`, `fetching ${wheel.project} ${wheel.version}`)
    const onByteLength = (byteLength: number): void => advance(byteLength / wheel.byteLength)
    await fetchWheel(wheel, tools.pip, folders, machine, { ...options, onByteLength })
  }
  const advance = progress.step(`unpack ${wheel.fileName}`, `unpacking ${wheel.project} ${wheel.version}`)
  let done = 0
  await unpackWheel(givenPath ?? wheelPath(wheel, folders), wheel, folders, {
    ...options,
    onBytes: (byteLength) => advance((done += byteLength) / wheel.unpackedByteLength),
  })
  await rm(wheelPath(wheel, folders), { force: true })
}

async function bringPackages(
  plan: InstallPlan,
  folders: InstallFolders,
  machine: Machine,
  { progress, signal }: InstallOptions,
): Promise<void> {
  const absent = await absentPackages(plan.tarballs, folders)
  if (absent.length === 0) return
  await rm(folders.binding, { force: true })
  progress.step('packages', `fetching ${absent.map(({ package: name }) => name).join(', ')}`)
  await fetchPackages(absent, folders, machine, signal)
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).size > 0
  } catch {
    return false
  }
}
