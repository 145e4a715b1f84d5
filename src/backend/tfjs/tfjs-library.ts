// The description of a TensorFlow.js backend in, that backend loaded and ready out; nothing is imported before it is asked for.

import type * as tfjsConverter from '@tensorflow/tfjs-converter'
import { createError, isMLError } from '../../errors.ts'
import { withoutCrashHandlers } from './process-listeners.ts'
import type { StartedEngine, Tfjs, TfjsEngine } from './tfjs-engine.ts'

export type TfjsLibrary = {
  readonly tf: Tfjs
  readonly loadGraphModelSync: typeof tfjsConverter.loadGraphModelSync
  readonly version: string
  readonly started: StartedEngine
  /**
   * Does synchronous work with this backend as the active one, then makes active what was: wasm and cpu share a realm,
   * and so may TensorFlow.js code of the process that this library is a guest in.
   */
  within<Result>(work: () => Result): Result
}

/** @throws BACKEND_UNAVAILABLE where the packages are not installed or the backend does not start */
export async function openTfjs(engine: TfjsEngine): Promise<TfjsLibrary> {
  const { tf, loadGraphModelSync } = await importTfjs(engine)
  const within = <Result>(work: () => Result): Result => {
    const active = startedBackend(tf)
    activate(tf, engine.registeredName)
    try {
      return work()
    } finally {
      if (active !== undefined) activate(tf, active)
    }
  }
  try {
    await startBackend(tf, engine.registeredName)
    // the first tensor is what the cpu backend greets Node users at
    inSilence(tf, () => within(() => tf.scalar(0).dispose()))
    return { tf, loadGraphModelSync, version: tf.version_core, started: await engine.describe(tf), within }
  } catch (cause) {
    throw isMLError(cause) ? cause : unavailable(engine, 'did not start', cause)
  }
}

async function importTfjs(engine: TfjsEngine) {
  try {
    const [core, converter] = await Promise.all([import('@tensorflow/tfjs-core'), import('@tensorflow/tfjs-converter')])
    const tf = exportsOf(core)
    await engine.register(tf)
    return { tf, loadGraphModelSync: exportsOf(converter).loadGraphModelSync }
  } catch (cause) {
    throw isMLError(cause) ? cause : unavailable(engine, 'could not be imported', cause)
  }
}

/** Node gives a CommonJS module's exports under `default`; bundlers give the names themselves. */
export function exportsOf<Module extends object>(module: Module): Module {
  return 'default' in module ? (module.default as Module) : module
}

/**
 * Starts a backend without making it the active one. tf.setBackend would leave the engine between two backends while it
 * waits, with the name of the one and the instance of the other where another begins to work meanwhile.
 */
async function startBackend(tf: Tfjs, name: string): Promise<void> {
  const { registry } = tf.engine()
  if (Object.hasOwn(registry, name)) return
  const create = tf.findBackendFactory(name) as ReturnType<Tfjs['findBackendFactory']> | null
  if (create === null) throw new Error(`no backend is registered as '${name}'`)
  const instance = await withoutCrashHandlers(async () => create())
  if (!Object.hasOwn(registry, name)) registry[name] = instance
}

/** The active backend; undefined where nobody has chosen one, or one that did not start: ours then stays. */
function startedBackend(tf: Tfjs): string | undefined {
  const name = tf.getBackend()
  return Object.hasOwn(tf.engine().registry, name) ? name : undefined
}

/** Once started, engine.setBackend has nothing to await and is done when it returns. */
function activate(tf: Tfjs, name: string): void {
  if (tf.getBackend() === name) return
  void tf.setBackend(name)
  if (tf.getBackend() !== name) throw createError('EXECUTION_FAILED', `TensorFlow.js did not switch to ${name}`)
}

/**
 * TensorFlow.js' backends write to the console when they start, unless the flag IS_TEST is set (tfjs-core log.ts,
 * tfjs-backend-cpu backend_cpu.ts). The flag is back as it was afterwards, so that other users' warnings are untouched.
 */
function inSilence(tf: Tfjs, start: () => void): void {
  const flags = tf.env()
  const before = flags.getBool('IS_TEST')
  flags.set('IS_TEST', true)
  try {
    start()
  } finally {
    flags.set('IS_TEST', before)
  }
}

function unavailable({ name, description }: TfjsEngine, what: string, cause: unknown): Error {
  return createError(
    'BACKEND_UNAVAILABLE',
    `TensorFlow.js backend ${name} ${what}: ${cause instanceof Error ? cause.message : String(cause)}; install @tensorflow/tfjs-core and tfjs-converter 4.22.0, and ${description}`,
    { cause, details: { backend: name } },
  )
}
