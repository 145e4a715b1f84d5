// The name of a backend that lives in a process of its own in; that backend out, which starts no process for what is not installed.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createError } from '../../errors.ts'
import type { BackendOptions } from '../backend-options.ts'
import { createForkedBackend } from '../host/forked-backend.ts'
import type { ForkedName } from '../host/host-protocol.ts'
import { findNative } from '../host/native-home.ts'
import type { Backend } from '../port.ts'

/** What looks for installs; a test brings its own. */
export type Installs = {
  readonly hasPackage: (name: string) => boolean
  readonly hasNative: (flavour: 'cpu' | 'gpu') => Promise<boolean>
}

const machineInstalls: Installs = {
  hasPackage(name) {
    const folders = createRequire(import.meta.url).resolve.paths(name) ?? []
    return folders.some((folder) => existsSync(join(folder, name, 'package.json')))
  },
  hasNative: async (flavour) => (await findNative(flavour)) !== undefined,
}

type Need = {
  readonly isMet: (installs: Installs) => boolean | Promise<boolean>
  readonly missing: string
  readonly remedy: string
}

const webgpuPackages = ['webgpu', '@tensorflow/tfjs-backend-webgpu']

const needs = {
  cuda: {
    isMet: async ({ hasNative, hasPackage }) => (await hasNative('gpu')) || hasPackage('@tensorflow/tfjs-node-gpu'),
    missing: 'the native add-on for CUDA is not installed',
    remedy: 'npx tfjs-serving native install --gpu',
  },
  webgpu: {
    isMet: ({ hasPackage }) => webgpuPackages.every(hasPackage),
    missing: `the packages ${webgpuPackages.join(' and ')} are not both installed`,
    remedy: 'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0',
  },
  native: {
    isMet: async ({ hasNative, hasPackage }) =>
      (await hasNative('cpu')) ||
      (await hasNative('gpu')) ||
      hasPackage('@tensorflow/tfjs-node') ||
      hasPackage('@tensorflow/tfjs-node-gpu'),
    missing: 'the native add-on is not installed',
    remedy: 'npx tfjs-serving native install',
  },
} as const satisfies Record<ForkedName, Need>

/**
 * Looks each time that it is opened or loads, so that what is installed meanwhile is found; a look costs little beside
 * the start of a process that finds nothing.
 */
export function createInstalledBackend(
  name: ForkedName,
  options: BackendOptions,
  { backend = createForkedBackend(name, options), installs = machineInstalls }: Partial<Rim> = {},
): Backend {
  const { isMet, missing, remedy } = needs[name]

  async function assertInstalled(): Promise<void> {
    if (await isMet(installs)) return
    throw createError('BACKEND_UNAVAILABLE', `${missing}; run ${remedy}`, { details: { backend: name, remedy } })
  }

  return {
    ...backend,
    async open() {
      await assertInstalled()
      return backend.open()
    },
    async load(artifact) {
      await assertInstalled()
      return backend.load(artifact)
    },
  }
}

export type Rim = { readonly backend: Backend; readonly installs: Installs }
