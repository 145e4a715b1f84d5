// Every backend there is, in the order in which `auto` prefers them, and how to make it or why it is not there.

import { createCpuBackend } from '../tfjs/cpu.ts'
import type { Backend, BackendName } from '../port.ts'
import { createWasmBackend } from '../tfjs/wasm.ts'

export type Candidate =
  | { readonly name: BackendName; readonly backend: Backend }
  | { readonly name: BackendName; readonly unavailable: string }

/** Fresh backends; each counts the memory of the models it loads, so a process keeps one list. */
export function createCandidates(): Candidate[] {
  return [
    { name: 'cuda', unavailable: 'not in this release' },
    { name: 'webgpu', unavailable: 'not in this release' },
    { name: 'native', unavailable: 'not in this release' },
    { name: 'wasm', backend: createWasmBackend() },
    { name: 'cpu', backend: createCpuBackend() },
    { name: 'kernel', unavailable: 'not in this release' },
  ]
}
