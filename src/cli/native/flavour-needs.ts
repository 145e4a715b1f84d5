// A flavour and a machine in; its plan there, and what it needs beside what all flavours need, out.

import { nativeHome, type NativeFlavour } from '../../backend/host/native-home.ts'
import { cpuPlan, cpuWheels } from './cpu-plan.ts'
import { gpuPlan } from './gpu/gpu-plan.ts'
import { gpuPlatformRequirement, gpuRequirements } from './gpu/gpu-requirements.ts'
import type { InstallPlan } from './install-plan.ts'
import type { Machine } from './machine.ts'
import type { Requirement } from './requirement.ts'
import { platformRequirement } from './system-requirements.ts'

export type FlavourNeeds = {
  readonly platform: Requirement
  /** Undefined where there are no wheels for the platform. */
  readonly plan: InstallPlan | undefined
  further(signal: AbortSignal): Promise<readonly Requirement[]>
}

export async function describeFlavour(flavour: NativeFlavour, machine: Machine): Promise<FlavourNeeds> {
  const home = nativeHome(flavour, machine.env)
  if (flavour === 'gpu') {
    const platform = gpuPlatformRequirement(machine)
    const plan = platform.isMet ? gpuPlan(home) : undefined
    return { platform, plan, further: (signal) => gpuRequirements(machine, { signal }) }
  }
  const platform = platformRequirement(machine, Object.keys(cpuWheels))
  const plan = platform.isMet ? cpuPlan(machine.arch, home) : undefined
  return { platform, plan, further: () => Promise.resolve([]) }
}
