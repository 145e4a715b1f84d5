// The name of a backend and what the user says about it in; the backend, or why it is not there, out.

import type { BackendOptions } from '../backend-options.ts'
import type { ForkedName, ThreadedName } from '../host/host-protocol.ts'
import { isNode } from '../host/is-node.ts'
import { createKernelBackend } from '../kernel/kernel-backend.ts'
import type { Backend, BackendName } from '../port.ts'
import { createLateBackend } from './late-backend.ts'

export type Candidate =
  | { readonly name: BackendName; readonly backend: Backend }
  | { readonly name: BackendName; readonly unavailable: string; readonly remedy?: string }

/** Every backend there is, in the order in which `auto` prefers graphs; the kernel stands beside whichever it takes. */
export const candidateNames = ['cuda', 'webgpu', 'native', 'wasm', 'cpu', 'kernel'] as const satisfies BackendName[]

/** Threads of kernel, wasm and cpu; 0 for the caller's own. */
export type WorkerCount = number

type Made = { readonly backend: Backend } | { readonly unavailable: string }

const creators: Readonly<Record<BackendName, (options: BackendOptions, workers: WorkerCount) => Made>> = {
  cuda: (options) => hosted('cuda', options),
  webgpu: (options) => hosted('webgpu', options),
  native: (options) => hosted('native', options),
  wasm: (_, workers) => (workers === 0 ? { backend: wasmGraphs() } : threaded('wasm', workers)),
  cpu: (_, workers) => (workers === 0 ? { backend: cpuGraphs() } : threaded('cpu', workers)),
  kernel: (_, workers) => (workers === 0 ? { backend: createKernelBackend() } : threaded('kernel', workers)),
}

/** A fresh one; each counts the memory of the models it loads, so a process keeps one of a kind. */
export function createCandidate(name: BackendName, options: BackendOptions, workers: WorkerCount = 0): Candidate {
  return { name, ...creators[name](options, workers) }
}

/** What reads and plans graphs comes with the first model that a kernel does not serve alone. */
function wasmGraphs(): Backend {
  const create = async () => (await import('../tfjs/wasm.ts')).createWasmBackend()
  return createLateBackend({ name: 'wasm', description: '@tensorflow/tfjs-backend-wasm 4.22.0', create })
}

function cpuGraphs(): Backend {
  const create = async () => (await import('../tfjs/cpu.ts')).createCpuBackend()
  return createLateBackend({ name: 'cpu', description: '@tensorflow/tfjs-backend-cpu 4.22.0', create })
}

/** A process of its own, and with it Node's modules, comes with the first use. */
function hosted(name: ForkedName, options: BackendOptions): Made {
  if (!isNode()) return { unavailable: 'needs Node' }
  const create = async () => (await import('./installed-backend.ts')).createInstalledBackend(name, options)
  return { backend: createLateBackend({ name, description: `${name} in a process of its own`, create }) }
}

function threaded(name: ThreadedName, workers: WorkerCount): Made {
  if (!isNode()) return { unavailable: 'threads need Node' }
  const create = async () => (await import('../host/threaded-backend.ts')).createThreadedBackend(name, workers)
  const description = `${name} in ${workers} threads`
  return { backend: createLateBackend({ name, description, create, computesRegions: name === 'kernel' }) }
}

export function createCandidates(options: BackendOptions = {}): Candidate[] {
  return candidateNames.map((name) => createCandidate(name, options))
}
