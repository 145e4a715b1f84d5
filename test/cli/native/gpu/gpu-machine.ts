// A machine that pretends to have a driver, its libraries and the tools of an install; nothing is run or fetched on it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { nativeHome } from '../../../../src/backend/host/native-home.ts'
import type { CliContext } from '../../../../src/cli/cli-context.ts'
import { gpuPlan } from '../../../../src/cli/native/gpu/gpu-plan.ts'
import { gpuPlatformRequirement, gpuRequirements } from '../../../../src/cli/native/gpu/gpu-requirements.ts'
import type { Machine, RunResult } from '../../../../src/cli/native/machine.ts'
import { type InstallCall, runInstall } from '../../../../src/cli/native/run-install.ts'
import { createTextWriter } from '../../../../src/cli/text-writer.ts'
import { answerAs, type SmiOutputName } from '../../../backend/host/nvidia-smi-outputs.ts'

export type GpuFacts = {
  readonly smi?: SmiOutputName
  /** Undefined where the machine has no ldconfig. */
  readonly libraries?: readonly string[] | undefined
  /** /proc/driver/nvidia/version. */
  readonly kernel?: string
  readonly hasCompiler?: boolean
  readonly env?: Readonly<Record<string, string>>
  readonly machine?: Partial<Machine>
}

export type GpuMachine = {
  readonly machine: Machine
  readonly cache: string
  readonly readText: (path: string) => Promise<string | undefined>
  /** Every program that was run. */
  readonly programs: string[]
}

export const allLibraries = ['libcuda.so.1', 'libnvidia-ml.so.1']

/** As ldconfig -p prints it (NVIDIA/nvidia-docker#155); the driver's 32 bit libraries are of no use. */
function libraryList(names: readonly string[]): string {
  const lines = names.map((name) => `\t${name} (libc6,x86-64) => /lib/x86_64-linux-gnu/${name}\n`)
  const others = allLibraries.map((name) => `\t${name} (libc6) => /lib/i386-linux-gnu/${name}\n`)
  return `1234 libs found in cache \`/etc/ld.so.cache'\n${others.join('')}${lines.join('')}\tlibz.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libz.so.1\n`
}

export function createGpuMachine(facts: GpuFacts = {}): GpuMachine {
  const { smi = 'oneCard', kernel, hasCompiler = true, env = {} } = facts
  const libraries = 'libraries' in facts ? facts.libraries : allLibraries
  const cache = mkdtempSync(join(tmpdir(), 'tfjs-serving-gpu-'))
  onTestFinished(() => rmSync(cache, { recursive: true, force: true }))
  const programs: string[] = []
  const machine: Machine = {
    platform: 'linux',
    arch: 'x64',
    env: { TFJS_SERVING_CACHE: cache, ...env },
    nodePath: 'node',
    glibcVersion: () => '2.35',
    processorFlags: () => Promise.resolve(new Set(['avx'])),
    freeByteLength: () => Promise.resolve(120e9),
    processStart: () => Promise.resolve('1'),
    run(command) {
      programs.push(command[0])
      return Promise.resolve(answer(command))
    },
    wait: () => Promise.resolve(),
    nowMs: () => 0,
    ...facts.machine,
  }
  function answer([program, ...args]: readonly string[]): RunResult {
    if (program?.endsWith('nvidia-smi') === true) {
      const result = answerAs(smi)([program, ...args])
      return result.kind === 'killed' ? { ...result, stdout: '', stderr: '' } : result
    }
    if (program === 'ldconfig' && libraries !== undefined) return exited(libraryList(libraries))
    if (program === 'python3') return exited('pip 23.2.1 from somewhere (python 3.11)\n')
    if (program === 'c++' && hasCompiler) return exited('c++ (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0\n')
    if (program === 'npm') return exited('10.8.2\n')
    if (program === 'tar') return exited('tar (GNU tar) 1.34\n')
    return { kind: 'missing' }
  }
  const readText = (path: string): Promise<string | undefined> =>
    Promise.resolve(path === '/proc/driver/nvidia/version' ? kernel : undefined)
  return { machine, cache, readText, programs }
}

/** What `native install --gpu` prints there, with the cache's folder left out. */
export async function installOn(facts: GpuFacts, call: Partial<InstallCall> = {}) {
  const { machine, cache, readText, programs } = createGpuMachine(facts)
  const written = { stdout: '', stderr: '' }
  const sink = (name: keyof typeof written) =>
    createTextWriter(
      new Writable({
        decodeStrings: false,
        write: (part: string, _encoding, done) => {
          written[name] += part.replaceAll(cache, '<cache>')
          done()
        },
      }),
    )
  let exitCode: number | undefined
  const context = {
    ...{ stdout: sink('stdout'), stderr: sink('stderr'), signal: new AbortController().signal },
    finish: (code: number) => void (exitCode = code),
  } as CliContext
  const platform = gpuPlatformRequirement(machine)
  const plan = platform.isMet ? gpuPlan(nativeHome('gpu', machine.env)) : undefined
  const further = (signal: AbortSignal) => gpuRequirements(machine, { signal, readText })
  await runInstall(
    context,
    { flavour: 'gpu', wheelPaths: [], ...call },
    { machine, describe: () => Promise.resolve({ platform, plan, further }) },
  )
  return { exitCode, programs, ...written }
}

function exited(stdout: string): RunResult {
  return { kind: 'exited', exitCode: 0, stdout, stderr: '' }
}
