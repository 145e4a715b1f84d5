// A plan and a machine in; everything that the install needs, met or not, and the tools that it will run in, out.

import type { GivenWheels } from './given-wheels.ts'
import type { InstallFolders } from './install-folders.ts'
import { type InstallPlan, neededByteLength } from './install-plan.ts'
import type { Machine, ToolCommand } from './machine.ts'
import type { Requirement } from './requirement.ts'
import { diskRequirement, folderRequirement, glibcRequirement, processorRequirement } from './system-requirements.ts'
import { findCompiler, findNpm, findPip, findTar } from './tool-requirements.ts'
import { surveyWheels } from './survey-wheels.ts'

export type InstallTools = {
  /** Undefined where no wheel is left to fetch. */
  readonly pip: ToolCommand | undefined
  readonly compiler: ToolCommand
}

export type Readiness = {
  readonly requirements: readonly Requirement[]
  /** Undefined where a requirement is not met. */
  readonly tools: InstallTools | undefined
}

export type CheckOptions = {
  readonly given: GivenWheels
  readonly signal?: AbortSignal
  /** What a flavour needs beside what all do. */
  readonly further?: readonly Requirement[]
}

/** Asks for all at once: a user wants one list, not one surprise after the other. */
export async function checkRequirements(
  plan: InstallPlan,
  folders: InstallFolders,
  machine: Machine,
  { given, signal, further = [] }: CheckOptions,
): Promise<Readiness> {
  const work = await surveyWheels(plan, folders, given)
  const toFetch = work.filter(({ isUnpacked, isGiven }) => !isUnpacked && !isGiven).map(({ wheel }) => wheel.fileName)
  const pip = toFetch.length > 0 ? await findPip(machine, toFetch, signal) : undefined
  const compiler = await findCompiler(machine, signal)
  const npm = await findNpm(machine, signal)
  const tar = await findTar(machine, signal)
  const requirements = [
    glibcRequirement(machine),
    await processorRequirement(machine),
    ...further,
    ...(pip === undefined ? [] : [pip.requirement]),
    ...[compiler, npm, tar].map(({ requirement }) => requirement),
    await folderRequirement(folders.home),
    await diskRequirement(machine, folders.home, neededByteLength(work)),
  ]
  const isReady = compiler.command !== undefined && requirements.every(({ isMet }) => isMet)
  return {
    requirements: requirements.map(withoutNeedlessRemedy),
    tools: isReady ? { pip: pip?.command, compiler: compiler.command } : undefined,
  }
}

function withoutNeedlessRemedy({ remedy, ...requirement }: Requirement): Requirement {
  return requirement.isMet || remedy === undefined ? requirement : { ...requirement, remedy }
}
