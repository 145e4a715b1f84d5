// What a user asked of `native install` in, what became of it out; nothing is printed here.

import { rm, stat } from 'node:fs/promises'
import type { NativeFlavour } from '../../backend/host/native-home.ts'
import type { Progress } from '../progress.ts'
import { checkRequirements } from './check-requirements.ts'
import type { FlavourNeeds } from './flavour-needs.ts'
import { findGivenWheels } from './given-wheels.ts'
import { fileFailure } from './install-failure.ts'
import { type InstallFolders, installFolders } from './install-folders.ts'
import { withLock } from './install-lock.ts'
import { installNative, isInstalled, sweep } from './install-native.ts'
import type { InstallPlan } from './install-plan.ts'
import type { Machine } from './machine.ts'
import type { Proof } from './prove-addon.ts'
import type { Requirement } from './requirement.ts'
import { createStepProgress } from './step-progress.ts'

export type InstallRequest = {
  readonly flavour: NativeFlavour
  readonly wheelPaths: readonly string[]
  readonly dryRun?: boolean
  readonly force?: boolean
}

export type InstallOutcome =
  | {
      readonly kind: 'installed'
      readonly plan: InstallPlan
      readonly proof: Proof
      /** Of each step that was not done before. */
      readonly durationsMs: Readonly<Record<string, number>>
    }
  | { readonly kind: 'there'; readonly plan: InstallPlan }
  | { readonly kind: 'planned'; readonly plan: InstallPlan; readonly requirements: readonly Requirement[] }
  /** `requirements` are all; at least one is not met. */
  | { readonly kind: 'refused'; readonly plan?: InstallPlan; readonly requirements: readonly Requirement[] }

/** What tests put in the place of this machine and of the real wheels. */
export type InstallPorts = {
  readonly machine: Machine
  readonly describe: (flavour: NativeFlavour, machine: Machine) => Promise<FlavourNeeds>
}

export type InstallListener = {
  readonly signal: AbortSignal
  readonly progress: Progress
  /** Called once, before anything is fetched. */
  readonly onRequirements: (requirements: readonly Requirement[]) => Promise<void>
  /** Called once where another process installs the same. */
  readonly onWait: (pid: number) => void
}

/** @throws BACKEND_UNAVAILABLE for the step that failed; INPUT_INVALID for a wheel that is not there; `signal.reason` */
export async function carryOutInstall(
  request: InstallRequest,
  { machine, describe }: InstallPorts,
  listener: InstallListener,
): Promise<InstallOutcome> {
  const { signal, progress, onRequirements, onWait } = listener
  const { platform, plan, further } = await describe(request.flavour, machine)
  if (plan === undefined) return { kind: 'refused', requirements: [platform] }
  const folders = installFolders(plan.home)
  const isWhole = (): Promise<boolean> => isInstalled(plan, folders, machine)
  if (request.dryRun !== true && request.force !== true && (await isWhole())) {
    await sweepLeftovers(plan, folders, machine, signal)
    return { kind: 'there', plan }
  }
  const given = await findGivenWheels(request.wheelPaths, plan.wheels, signal)
  const checked = await checkRequirements(plan, folders, machine, { given, signal, further: await further(signal) })
  const { tools } = checked
  const requirements = [platform, ...checked.requirements]
  if (request.dryRun === true) return { kind: 'planned', plan, requirements }
  await onRequirements(requirements)
  if (tools === undefined) return { kind: 'refused', plan, requirements }
  const work = async (): Promise<InstallOutcome> => {
    // another process may have finished while this one waited
    if (request.force === true) await clear(folders)
    else if (await isWhole()) return { kind: 'there', plan }
    const steps = createStepProgress(plan, progress, () => machine.nowMs())
    const proof = await installNative(plan, folders, machine, { tools, given, progress: steps, signal })
    return { kind: 'installed', plan, proof, durationsMs: steps.durationsMs() }
  }
  try {
    return await withLock(folders.lock, machine, work, { signal, onWait })
  } catch (error) {
    throw fileFailure(error)
  }
}

/** What a process left that died between its marker and its last step. */
async function sweepLeftovers(
  plan: InstallPlan,
  folders: InstallFolders,
  machine: Machine,
  signal: AbortSignal,
): Promise<void> {
  if (!(await isThere(folders.download)) && !(await isThere(folders.build))) return
  const work = async (): Promise<void> => {
    if (await isInstalled(plan, folders, machine)) await sweep(plan, folders)
  }
  await withLock(folders.lock, machine, work, { signal })
}

async function clear({ marker, download, build, libraries, addon }: InstallFolders): Promise<void> {
  // the marker first: nobody should load what is half deleted
  for (const path of [marker, download, build, libraries, addon]) await rm(path, { recursive: true, force: true })
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
