// The portable graph on TensorFlow.js' WebAssembly backend, one thread; there on every machine.

import type { Backend } from '../port.ts'
import { createTfjsBackend } from './tfjs-backend.ts'
import type { TfjsEngine } from './tfjs-engine.ts'

export const wasmEngine: TfjsEngine = {
  name: 'wasm',
  description: '@tensorflow/tfjs-backend-wasm 4.22.0',
  registeredName: 'wasm',
  reading: 'sync',
  async register() {
    await import('@tensorflow/tfjs-backend-wasm')
  },
  describe: () => ({
    facts: {
      library: '@tensorflow/tfjs-backend-wasm 4.22.0',
      device: { kind: 'cpu', name: 'this process, one thread' },
      threadCount: 1,
    },
    // The heap ends at 4 GiB, and its allocator does not say so: a tensor that finds no room lands at address 0.
    memoryBudgetBytes: 3 * 2 ** 30,
  }),
}

export function createWasmBackend(): Backend {
  return createTfjsBackend(wasmEngine)
}
