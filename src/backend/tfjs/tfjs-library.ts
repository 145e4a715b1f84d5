// The name of a TensorFlow.js backend in, that backend loaded and ready out; nothing is imported before it is asked for.

import type * as tfjsConverter from '@tensorflow/tfjs-converter'
import type * as tfjsCore from '@tensorflow/tfjs-core'
import { createError } from '../../errors.ts'
import { withoutCrashHandlers } from './process-listeners.ts'

export type TfjsBackendName = 'wasm' | 'cpu'

export type TfjsLibrary = {
  readonly tf: typeof tfjsCore
  readonly loadGraphModelSync: typeof tfjsConverter.loadGraphModelSync
  readonly version: string
  /**
   * Does synchronous work with this backend as the active one, then makes active what was: wasm and cpu share a realm,
   * and so may TensorFlow.js code of the process that this library is a guest in.
   */
  within<Result>(work: () => Result): Result
}

const imports = {
  wasm: () => import('@tensorflow/tfjs-backend-wasm'),
  cpu: () => import('@tensorflow/tfjs-backend-cpu'),
} as const satisfies Record<TfjsBackendName, () => Promise<unknown>>

/** @throws BACKEND_UNAVAILABLE where the packages are not installed or the backend does not start */
export async function openTfjs(name: TfjsBackendName): Promise<TfjsLibrary> {
  const { tf, loadGraphModelSync } = await importTfjs(name)
  const before = startedBackend(tf)
  try {
    const isReady = await inSilence(tf, () => withoutCrashHandlers(() => tf.setBackend(name)))
    if (!isReady) throw new Error(`setBackend('${name}') gave false`)
    if (name === 'cpu') await inSilence(tf, async () => tf.scalar(0).dispose())
  } catch (cause) {
    throw unavailable(name, 'did not start', cause)
  } finally {
    if (before !== undefined) activate(tf, before)
  }
  return {
    tf,
    loadGraphModelSync,
    version: tf.version_core,
    within(work) {
      const active = startedBackend(tf)
      activate(tf, name)
      try {
        return work()
      } finally {
        if (active !== undefined) activate(tf, active)
      }
    },
  }
}

/** The active backend; undefined where nobody has chosen one, or one that did not start: ours then stays. */
function startedBackend(tf: typeof tfjsCore): string | undefined {
  const name = tf.getBackend()
  return Object.hasOwn(tf.engine().registry, name) ? name : undefined
}

/** Once started, engine.setBackend has nothing to await and is done when it returns. */
function activate(tf: typeof tfjsCore, name: string): void {
  if (tf.getBackend() === name) return
  void tf.setBackend(name)
  if (tf.getBackend() !== name) throw createError('EXECUTION_FAILED', `TensorFlow.js did not switch to ${name}`)
}

async function importTfjs(name: TfjsBackendName) {
  try {
    const [core, converter] = await Promise.all([
      import('@tensorflow/tfjs-core'),
      import('@tensorflow/tfjs-converter'),
      imports[name](),
    ])
    return { tf: exportsOf(core), loadGraphModelSync: exportsOf(converter).loadGraphModelSync }
  } catch (cause) {
    throw unavailable(name, 'could not be imported', cause)
  }
}

/** Node gives a CommonJS module's exports under `default`; bundlers give the names themselves. */
function exportsOf<Module extends object>(module: Module): Module {
  return 'default' in module ? (module.default as Module) : module
}

/**
 * TensorFlow.js writes to the console when a backend does not start, and the cpu backend greets Node users at its first
 * tensor, unless the flag IS_TEST is set (tfjs-core log.ts, tfjs-backend-cpu backend_cpu.ts). The flag is back as it was
 * afterwards, so that other users' warnings are untouched.
 */
async function inSilence<Result>(tf: typeof tfjsCore, start: () => Promise<Result>): Promise<Result> {
  const flags = tf.env()
  const before = flags.getBool('IS_TEST')
  flags.set('IS_TEST', true)
  try {
    return await start()
  } finally {
    flags.set('IS_TEST', before)
  }
}

function unavailable(name: TfjsBackendName, what: string, cause?: unknown): Error {
  return createError(
    'BACKEND_UNAVAILABLE',
    `TensorFlow.js backend ${name} ${what}; install @tensorflow/tfjs-core, tfjs-converter and tfjs-backend-${name} 4.22.0`,
    { cause, details: { backend: name } },
  )
}
