// Names of shared libraries and a machine in; those that the dynamic loader would not find there out.

import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { Machine, ToolCommand } from '../machine.ts'

/** libcuda computes; TensorFlow 2.21 asks libnvidia-ml too, and without it sees no card and says nothing. */
export const driverLibraries: readonly string[] = ['libcuda.so.1', 'libnvidia-ml.so.1']

/** Users' PATH often lacks /sbin. */
const listCommands: readonly ToolCommand[] = [
  ['ldconfig', '-p'],
  ['/sbin/ldconfig', '-p'],
]

/** Where the loader and the driver's packages put libraries, for systems that keep no list. */
const usualFolders = ['/usr/lib/x86_64-linux-gnu', '/lib64', '/usr/lib64', '/usr/lib', '/usr/lib/wsl/lib']

export async function findMissingLibraries(machine: Machine, signal?: AbortSignal): Promise<readonly string[]> {
  const listed = await listedLibraries(machine, signal)
  const chosen = (machine.env['LD_LIBRARY_PATH'] ?? '').split(':').filter((folder) => folder !== '')
  const folders = listed === undefined ? [...chosen, ...usualFolders] : chosen
  const missing: string[] = []
  for (const name of driverLibraries)
    if (listed?.has(name) !== true && !(await isInOneOf(folders, name))) missing.push(name)
  return missing
}

/** Undefined where there is no list. */
async function listedLibraries(machine: Machine, signal?: AbortSignal): Promise<ReadonlySet<string> | undefined> {
  for (const command of listCommands) {
    const result = await machine.run(command, signal === undefined ? {} : { signal })
    if (result.kind !== 'exited' || result.exitCode !== 0) continue
    // e.g. `	libcuda.so.1 (libc6,x86-64) => /lib/x86_64-linux-gnu/libcuda.so.1`; another line may be for 32 bits
    const names = result.stdout.matchAll(/^\s*(\S+) \([^)]*x86-64[^)]*\) => /gm)
    return new Set([...names].map(([, name = '']) => name))
  }
  return undefined
}

async function isInOneOf(folders: readonly string[], name: string): Promise<boolean> {
  for (const folder of folders) {
    try {
      await access(join(folder, name))
      return true
    } catch {
      // the next one may have it
    }
  }
  return false
}
