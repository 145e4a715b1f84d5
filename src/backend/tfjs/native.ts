// The portable graph on TensorFlow's kernels for the CPU, through the native add-on; for a process that hosts it alone.

import { systemClock } from '../../observe/clock.ts'
import type { Backend } from '../port.ts'
import { findSessionForm, type SessionPorts } from './session-form.ts'
import type { TensorflowAddon } from './tensorflow-addon.ts'
import { createTfjsBackend } from './tfjs-backend.ts'
import type { StartedEngine, Tfjs } from './tfjs-engine.ts'

/**
 * The host's environment holds what users may say: TensorFlow reads its threads once a process, and a library that could use
 * a card must not see one.
 */
export function createNativeBackend(): Backend {
  let addon: TensorflowAddon
  return createTfjsBackend({
    name: 'native',
    description: '@tensorflow/tfjs-node 4.22.0',
    registeredName: 'tensorflow',
    reading: 'sync',
    async register(tf) {
      const { loadTensorflowAddon } = await import('./tensorflow-addon.ts')
      // the gpu flavour computes on the CPU where there is no card, or none to be seen
      addon = await loadTensorflowAddon(tf, ['cpu', 'gpu'])
    },
    describe: (tf) => ({
      ...addonTraits(tf, addon),
      facts: {
        library: libraryText(addon),
        device: { kind: 'cpu', name: 'the CPU, by TensorFlow' },
        ...(addon.threadCount !== undefined && { threadCount: addon.threadCount }),
      },
      // Its allocator takes what the system gives, so only the machine limits it; no table of ours comes near.
      memoryBudgetBytes: 8 * 2 ** 30,
    }),
  })
}

/** Libraries and versions that compute. */
export function libraryText({ tensorflow, packageName }: TensorflowAddon): string {
  return `TensorFlow ${tensorflow} through ${packageName}`
}

/** What holds for the add-on on every device. */
export function addonTraits(
  tf: Tfjs,
  { heldTensors, sessions: binding, isUsingGpuDevice }: TensorflowAddon,
  onFailure?: SessionPorts['onFailure'],
): Pick<StartedEngine, 'operations' | 'tensorCount' | 'findForm'> {
  const save: SessionPorts['save'] = async (bytes) => (await import('./saved-model-file.ts')).saveSavedModel(bytes)
  return {
    operations: 'single',
    findForm: (form) =>
      findSessionForm(form, {
        binding,
        // a card's fused products come from another library, whose rounding nothing here has seen
        operations: isUsingGpuDevice ? 'single' : 'fused',
        save,
        now: systemClock.now,
        onFailure,
      }),
    // The engine counts what TensorFlow has not been given yet, and TensorFlow what a kernel lost without the engine's
    // knowledge; a leak shows in one of them.
    tensorCount: () => Math.max(tf.memory().numTensors, heldTensors()),
  }
}
