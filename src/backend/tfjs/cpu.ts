// The portable graph on TensorFlow.js' plain JavaScript backend: the last resort, needs nothing but the engine.

import type { Backend } from '../port.ts'
import { createTfjsBackend } from './tfjs-graph.ts'

export function createCpuBackend(): Backend {
  return createTfjsBackend('cpu', '@tensorflow/tfjs-backend-cpu 4.22.0')
}
