// The name of a backend and what the user says about it in; the backend, or why it is not there, out.

import type { BackendOptions } from '../backend-options.ts'
import { createCpuBackend } from '../tfjs/cpu.ts'
import type { Backend, BackendName } from '../port.ts'
import { createWasmBackend } from '../tfjs/wasm.ts'

export type Candidate =
  | { readonly name: BackendName; readonly backend: Backend }
  | { readonly name: BackendName; readonly unavailable: string; readonly remedy?: string }

/** Every backend there is, in the order in which `auto` prefers them. */
export const candidateNames = ['cuda', 'webgpu', 'native', 'wasm', 'cpu', 'kernel'] as const satisfies BackendName[]

type Made = { readonly backend: Backend } | { readonly unavailable: string }

const creators: Readonly<Record<BackendName, (options: BackendOptions) => Made>> = {
  cuda: () => ({ unavailable: 'not in this release' }),
  webgpu: () => ({ unavailable: 'not in this release' }),
  native: () => ({ unavailable: 'not in this release' }),
  wasm: () => ({ backend: createWasmBackend() }),
  cpu: () => ({ backend: createCpuBackend() }),
  kernel: () => ({ unavailable: 'not in this release' }),
}

/** A fresh one; each counts the memory of the models it loads, so a process keeps one of a kind. */
export function createCandidate(name: BackendName, options: BackendOptions): Candidate {
  return { name, ...creators[name](options) }
}

export function createCandidates(options: BackendOptions = {}): Candidate[] {
  return candidateNames.map((name) => createCandidate(name, options))
}
