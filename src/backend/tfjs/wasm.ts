// The portable graph on TensorFlow.js' WebAssembly backend, one thread; there on every machine.

import type { Backend } from '../port.ts'
import { createTfjsBackend } from './tfjs-graph.ts'

export function createWasmBackend(): Backend {
  return createTfjsBackend('wasm', '@tensorflow/tfjs-backend-wasm 4.22.0')
}
