// A machine in; whether TensorFlow's libraries can run on it, and whether there is room for them, as requirements out.

import { access, constants, stat } from 'node:fs/promises'
import type { Machine } from './machine.ts'
import { nearestFolder } from './node-machine.ts'
import type { Requirement } from './requirement.ts'

/** Of the wheels' own tag, manylinux_2_27. */
const oldestGlibc: readonly [number, number] = [2, 27]

const withoutInstall = 'the wasm and cpu backends need no install'

/** The first requirement: where it is not met there is nothing to plan. */
export function platformRequirement({ platform, arch }: Machine, arches: readonly string[]): Requirement {
  return {
    name: 'platform',
    isMet: platform === 'linux' && arches.includes(arch),
    // the wheel is pinned from the index, and no such machine was at hand
    found: `${platform} ${arch}${platform === 'linux' && arch === 'arm64' ? ', on which this install was not tried yet' : ''}`,
    remedy: `TensorFlow's wheels are used on Linux ${arches.join(' and ')} only; ${withoutInstall}`,
  }
}

export function glibcRequirement(machine: Machine): Requirement {
  const version = machine.glibcVersion()
  const [major = 0, minor = 0] = (version ?? '').split('.').map(Number)
  return {
    name: 'glibc',
    isMet: major > oldestGlibc[0] || (major === oldestGlibc[0] && minor >= oldestGlibc[1]),
    found: version === undefined ? 'another C library, such as musl' : version,
    remedy: `take a system with glibc ${oldestGlibc.join('.')} or later (Debian 10, Ubuntu 18.04; Alpine has musl); ${withoutInstall}`,
  }
}

/** Without AVX, TensorFlow for x64 ends its process by SIGILL as soon as it is loaded. */
export async function processorRequirement(machine: Machine): Promise<Requirement> {
  const flags = machine.arch === 'x64' ? await machine.processorFlags() : undefined
  const has = flags?.has('avx')
  return {
    name: 'processor',
    isMet: has !== false,
    found: has === undefined ? `${machine.arch}, features unknown` : `${machine.arch} ${has ? 'with' : 'without'} AVX`,
    remedy: `TensorFlow needs AVX, which this processor or its virtual machine's processor type lacks; ${withoutInstall}`,
  }
}

export async function folderRequirement(home: string): Promise<Requirement> {
  const folder = await nearestFolder(home)
  let problem: string | undefined
  try {
    await access(folder, constants.W_OK)
    if (!(await stat(folder)).isDirectory()) problem = `${folder} is no folder`
  } catch {
    problem = `${folder} cannot be written`
  }
  return {
    name: 'cache folder',
    isMet: problem === undefined,
    found: problem ?? home,
    remedy: 'name a folder of yours by TFJS_SERVING_CACHE',
  }
}

export async function diskRequirement(machine: Machine, home: string, neededByteLength: number): Promise<Requirement> {
  const freeByteLength = await machine.freeByteLength(home)
  return {
    name: 'disk',
    isMet: freeByteLength >= neededByteLength,
    found: `${sizeText(freeByteLength)} free, ${sizeText(neededByteLength)} needed`,
    remedy: `free ${sizeText(Math.max(0, neededByteLength - freeByteLength))} more, or name a folder on another disk by TFJS_SERVING_CACHE`,
  }
}

/** 1.1 GB or 274 MB, in powers of ten as pip and disks say it. */
export function sizeText(byteLength: number): string {
  return byteLength >= 1e9 ? `${(byteLength / 1e9).toFixed(1)} GB` : `${Math.ceil(byteLength / 1e6)} MB`
}
