// The portable graph on TensorFlow.js' plain JavaScript backend: the last resort, needs nothing but the engine.

import type { Backend } from '../port.ts'
import { createTfjsBackend } from './tfjs-backend.ts'
import type { TfjsEngine } from './tfjs-engine.ts'

export const cpuEngine: TfjsEngine = {
  name: 'cpu',
  description: '@tensorflow/tfjs-backend-cpu 4.22.0',
  registeredName: 'cpu',
  reading: 'sync',
  async register() {
    await import('@tensorflow/tfjs-backend-cpu')
  },
  describe: () => ({
    facts: {
      library: '@tensorflow/tfjs-backend-cpu 4.22.0',
      device: { kind: 'cpu', name: 'this process, one thread' },
      threadCount: 1,
    },
    // Typed arrays lie outside V8's heap, so only the machine limits them; no table of ours comes near.
    memoryBudgetBytes: 8 * 2 ** 30,
  }),
}

export function createCpuBackend(): Backend {
  return createTfjsBackend(cpuEngine)
}
