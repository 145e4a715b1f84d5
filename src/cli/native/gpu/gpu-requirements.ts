// A machine in; what the gpu flavour needs of it beside what every flavour needs, met or not, out; nothing is changed.

import { readFile } from 'node:fs/promises'
import type { NvidiaCard, NvidiaFinding } from '../../../backend/host/nvidia-cards.ts'
import { findNvidiaCards } from '../../../backend/host/nvidia-smi.ts'
import type { Machine } from '../machine.ts'
import type { Requirement } from '../requirement.ts'
import { sizeText } from '../system-requirements.ts'
import { cardSupport, isDriverAtLeast, oldestDriver } from './card-support.ts'
import { findMissingLibraries } from './driver-libraries.ts'
import { gpuArches } from './gpu-plan.ts'

export type GpuRequirementOptions = {
  readonly signal?: AbortSignal
  /** What a file of /proc holds; undefined where it is not there. @default the file system */
  readonly readText?: (path: string) => Promise<string | undefined>
}

const withoutCuda = 'webgpu needs no CUDA, native and wasm no card'

/** The first requirement: where it is not met there is nothing to plan. */
export function gpuPlatformRequirement({ platform, arch }: Machine): Requirement {
  return {
    name: 'platform',
    isMet: platform === 'linux' && gpuArches.includes(arch),
    found: `${platform} ${arch}`,
    remedy: `TensorFlow has CUDA in its wheels for Linux ${gpuArches.join(' and ')} only; ${withoutCuda}`,
  }
}

/** @throws `signal.reason` */
export async function gpuRequirements(
  machine: Machine,
  { signal, readText = textOf }: GpuRequirementOptions = {},
): Promise<readonly Requirement[]> {
  const finding = await findNvidiaCards({
    run: (command, options) => machine.run(command, options),
    ...(signal !== undefined && { signal }),
  })
  const kernelVersion = readDriverVersion(await readText('/proc/driver/nvidia/version'))
  return [
    driverRequirement(finding, kernelVersion),
    librariesRequirement(await findMissingLibraries(machine, signal), kernelVersion),
    ...cardRequirements(finding),
  ]
}

function driverRequirement(finding: NvidiaFinding, kernelVersion: string | undefined): Requirement {
  const name = 'NVIDIA driver'
  if (finding.kind === 'cards') return versionRequirement(name, finding.cards)
  const { problem, text, remedy } = finding
  // the kernel tells the version where nvidia-smi is not installed, or has no card to tell it of
  const isTold = problem === 'no-tool' || problem === 'no-cards' || problem === 'card-lost'
  if (!isTold || kernelVersion === undefined) return { name, isMet: false, found: text, remedy }
  return {
    name,
    isMet: isDriverAtLeast(kernelVersion, oldestDriver),
    found: problem === 'no-tool' ? `${kernelVersion}; ${text}` : kernelVersion,
    remedy: updateRemedy(oldestDriver),
  }
}

function versionRequirement(name: string, cards: readonly NvidiaCard[]): Requirement {
  const supported = cards.filter((card) => cardSupport(card).isSupported)
  // one card is enough, so that the least demanding one decides; all have the same driver
  const least = supported.find((card) => cardSupport(card).oldestDriver === oldestDriver) ?? supported[0]
  const needed = least === undefined ? oldestDriver : cardSupport(least).oldestDriver
  const driverVersion = cards[0]?.driverVersion ?? ''
  const reason = needed === oldestDriver ? '' : `${least?.name} needs it: `
  return {
    name,
    isMet: isDriverAtLeast(driverVersion, needed),
    found: driverVersion,
    remedy: `${reason}${updateRemedy(needed)}`,
  }
}

function updateRemedy(oldest: string): string {
  return `update NVIDIA's driver to ${oldest} or later (Ubuntu: sudo ubuntu-drivers install, then reboot)`
}

function librariesRequirement(missing: readonly string[], kernelVersion: string | undefined): Requirement {
  return {
    name: 'driver libraries',
    isMet: missing.length === 0,
    found: missing.length === 0 ? 'libcuda and libnvidia-ml' : `${missing.join(' and ')} not found`,
    remedy:
      kernelVersion === undefined
        ? "they come with NVIDIA's driver; where they lie elsewhere, name their folder by LD_LIBRARY_PATH"
        : 'in a container, start it with the card (docker run --gpus all) and NVIDIA_DRIVER_CAPABILITIES=compute,utility; elsewhere reinstall the driver',
  }
}

/** Nothing where the driver's requirement says already why no card is seen. */
function cardRequirements(finding: NvidiaFinding): Requirement[] {
  const name = 'CUDA card'
  if (finding.kind === 'cards')
    return [
      {
        name,
        isMet: finding.cards.some((card) => cardSupport(card).isSupported),
        found: finding.cards.map(cardText).join('; '),
        remedy: `TensorFlow has code for compute capability 6.0 (Pascal, 2016) and later; ${withoutCuda}`,
      },
    ]
  const { problem, text, remedy } = finding
  return problem === 'no-cards' || problem === 'card-lost' ? [{ name, isMet: false, found: text, remedy }] : []
}

function cardText(card: NvidiaCard): string {
  const { index, name, computeCapability, memoryByteLength, isDivided } = card
  const { isSupported, isCompiledWhole } = cardSupport(card)
  return [
    `${index}: ${name}`,
    computeCapability === undefined ? 'compute capability not told' : `compute capability ${computeCapability}`,
    ...(memoryByteLength === undefined ? [] : [sizeText(memoryByteLength)]),
    ...(isDivided ? ['divided by MIG'] : []),
    ...(isSupported ? [] : ['too old']),
    ...(isCompiledWhole ? ['newer than TensorFlow: the driver compiles its kernels at first use'] : []),
  ].join(', ')
}

/** e.g. `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  565.57.01  Release Build  (…)` */
function readDriverVersion(text: string | undefined): string | undefined {
  return /^NVRM version:.*?\s(\d+(?:\.\d+){1,3})\s/m.exec(text ?? '')?.[1]
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}
