import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { gpuPlatformRequirement, gpuRequirements } from '../../../../src/cli/native/gpu/gpu-requirements.ts'
import type { Requirement } from '../../../../src/cli/native/requirement.ts'
import { createGpuMachine, type GpuFacts } from './gpu-machine.ts'

const openKernel =
  'NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  565.57.01  Release Build  (dvs-builder@U16-A24-9-2)  Thu Oct 10 12:15:00 UTC 2024\nGCC version:  gcc version 13.3.0 (Ubuntu 13.3.0-6ubuntu2~24.04)\n'
const closedKernel =
  'NVRM version: NVIDIA UNIX x86_64 Kernel Module  384.98  Thu Oct 26 15:16:01 PDT 2017\nGCC version:  gcc version 7.2.0 (Ubuntu 7.2.0-8ubuntu3) \n'

async function requirementsOf(facts: GpuFacts): Promise<readonly Requirement[]> {
  const { machine, readText } = createGpuMachine(facts)
  return gpuRequirements(machine, { readText })
}

const nameOf = ({ name, isMet }: Requirement): string => `${name}: ${isMet ? 'yes' : 'no'}`

test('is content with a driver, its libraries and a card', async () => {
  expect(await requirementsOf({})).toMatchObject([
    { name: 'NVIDIA driver', isMet: true, found: '570.86.15' },
    { name: 'driver libraries', isMet: true, found: 'libcuda and libnvidia-ml' },
    { name: 'CUDA card', isMet: true, found: '0: Tesla T4, compute capability 7.5, 16.1 GB' },
  ])
})

test('lists every card', async () => {
  const card = (await requirementsOf({ smi: 'twoCards' })).at(-1)
  expect(card?.found).toBe(
    '0: NVIDIA TITAN V, compute capability 7.0, 12.9 GB; 1: NVIDIA RTX 5880 Ada Generation, compute capability 8.9, 51.5 GB',
  )
})

const verdicts: readonly (readonly [
  what: string,
  facts: GpuFacts,
  verdict: string[],
  found: string,
  remedy: string,
])[] = [
  [
    'no driver',
    { smi: 'missing', libraries: [] },
    ['NVIDIA driver: no', 'driver libraries: no'],
    'nvidia-smi is not found',
    'install NVIDIA',
  ],
  [
    'a driver that is not loaded',
    { smi: 'noDriver' },
    ['NVIDIA driver: no', 'driver libraries: yes'],
    "couldn't communicate",
    'reboot',
  ],
  [
    'an updated driver before the reboot',
    { smi: 'mismatch', kernel: openKernel },
    ['NVIDIA driver: no', 'driver libraries: yes'],
    'version mismatch',
    'reboot',
  ],
  [
    'a driver of CUDA 11',
    { smi: 'oldDriver' },
    ['NVIDIA driver: no', 'driver libraries: yes', 'CUDA card: yes'],
    '470.182.03',
    'to 525.60.13 or later',
  ],
  [
    'a driver that cannot compile what Hopper needs',
    { smi: 'hopper' },
    ['NVIDIA driver: no', 'driver libraries: yes', 'CUDA card: yes'],
    '550.107.02',
    "NVIDIA H100 80GB HBM3 needs it: update NVIDIA's driver to 555.42.02 or later",
  ],
  [
    'a card before Pascal',
    { smi: 'maxwell' },
    ['NVIDIA driver: yes', 'driver libraries: yes', 'CUDA card: no'],
    'Quadro K620, compute capability 5.0, 2.1 GB, too old',
    'compute capability 6.0',
  ],
  [
    'no card in the machine',
    { smi: 'noDevices', kernel: openKernel },
    ['NVIDIA driver: yes', 'driver libraries: yes', 'CUDA card: no'],
    'No devices were found',
    'lspci',
  ],
  [
    'a container that was not given the card',
    { smi: 'missing', kernel: openKernel, libraries: [] },
    ['NVIDIA driver: yes', 'driver libraries: no'],
    'libcuda.so.1 and libnvidia-ml.so.1 not found',
    '--gpus all',
  ],
  [
    'a container without the utility capability',
    { smi: 'missing', kernel: openKernel, libraries: ['libcuda.so.1'] },
    ['NVIDIA driver: yes', 'driver libraries: no'],
    'libnvidia-ml.so.1 not found',
    'NVIDIA_DRIVER_CAPABILITIES=compute,utility',
  ],
]

test.each(verdicts)('refuses %s, and says what mends it', async (_what, facts, verdict, found, remedy) => {
  const requirements = await requirementsOf(facts)
  expect(requirements.map(nameOf)).toEqual(verdict)
  const unmet = requirements.find(({ isMet }) => !isMet)
  expect(unmet?.found).toContain(found)
  expect(unmet?.remedy).toContain(remedy)
  expect(unmet?.remedy).not.toContain('\n')
})

test('takes an old nvidia-smi in front of a new driver for what it is', async () => {
  const requirements = await requirementsOf({ smi: 'oldTool' })
  expect(requirements.every(({ isMet }) => isMet)).toBe(true)
  expect(requirements.at(-1)?.found).toContain('compute capability not told')
})

test('takes one fit card among others for enough', async () => {
  const rows = [
    '0, Quadro K620, GPU-1, 2048, 550.163.01, 5.0, 1600, [N/A]',
    '1, NVIDIA GeForce RTX 3060, GPU-2, 12288, 550.163.01, 8.6, 12000, [N/A]',
    '2, NVIDIA H100 80GB HBM3, GPU-3, 81559, 550.163.01, 9.0, 81000, Enabled',
  ]
  const { machine, readText } = createGpuMachine()
  const run: typeof machine.run = async (command) =>
    command[0] === 'nvidia-smi'
      ? { kind: 'exited', exitCode: 0, stdout: rows.join('\n'), stderr: '' }
      : machine.run(command)
  const requirements = await gpuRequirements({ ...machine, run }, { readText })
  expect(requirements.every(({ isMet }) => isMet)).toBe(true)
  expect(requirements.at(-1)?.found).toMatch(/K620.*too old; 1: .*8\.6, 12\.9 GB; 2: .*divided by MIG$/)
})

test('says where the driver compiles all kernels', async () => {
  const requirements = await requirementsOf({ smi: 'sharedMemory' })
  expect(requirements.map(nameOf)).toEqual(['NVIDIA driver: yes', 'driver libraries: yes', 'CUDA card: yes'])
  expect(requirements.at(-1)?.found).toContain('newer than TensorFlow')
})

test.each([
  [openKernel, true, '565.57.01; nvidia-smi is not found'],
  [closedKernel, false, '384.98; nvidia-smi is not found'],
])('asks the kernel where there is no nvidia-smi', async (kernel, isMet, found) => {
  expect((await requirementsOf({ smi: 'missing', kernel }))[0]).toMatchObject({ isMet, found })
})

test('does without a list of libraries, and looks where LD_LIBRARY_PATH says', async () => {
  const { machine, readText, cache } = createGpuMachine({ libraries: undefined })
  const folder = join(cache, 'driver')
  mkdirSync(folder)
  const [, before] = await gpuRequirements({ ...machine, env: { LD_LIBRARY_PATH: folder } }, { readText })
  for (const name of ['libcuda.so.1', 'libnvidia-ml.so.1']) writeFileSync(join(folder, name), '')
  const [, after] = await gpuRequirements({ ...machine, env: { LD_LIBRARY_PATH: `:${folder}` } }, { readText })
  expect([before?.isMet, after?.isMet]).toEqual([false, true])
})

test.each([
  ['linux', 'arm64'],
  ['darwin', 'arm64'],
  ['win32', 'x64'],
])('has no plan for %s %s', (platform, arch) => {
  const { machine } = createGpuMachine({ machine: { platform, arch } })
  const requirement = gpuPlatformRequirement(machine)
  expect(requirement).toMatchObject({ isMet: false, found: `${platform} ${arch}` })
  expect(requirement.remedy).toContain('Linux x64 only')
})

test('ends with the reason of its caller', async () => {
  const { machine, readText } = createGpuMachine()
  const reason = new Error('enough')
  await expect(gpuRequirements(machine, { readText, signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
})
