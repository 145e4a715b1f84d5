// Flavours of the native add-on in; the first that is there, registered with TensorFlow.js as `tensorflow`, out.

import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import util from 'node:util'
import type { KernelBackend } from '@tensorflow/tfjs-core'
import { createError } from '../../errors.ts'
import { findNative, type NativeFlavour, tfjsNodeVersion } from '../host/native-home.ts'
import { type SessionBinding, sessionBindingOf } from './tensorflow-session.ts'
import type { Tfjs } from './tfjs-engine.ts'

export type TensorflowAddon = {
  /** npm package and version that the JavaScript is of. */
  readonly packageName: string
  /** Version of the TensorFlow library. */
  readonly tensorflow: string
  /** TensorFlow's own word: whatever the flavour, it sees a card or it does not. */
  readonly isUsingGpuDevice: boolean
  /** Threads that one operation may use, as TensorFlow read it at its start; absent where it decided itself. */
  readonly threadCount?: number
  /** What CUDA_VISIBLE_DEVICES leaves visible; absent where it hides none. */
  readonly visibleDevice?: string
  /** Runs SavedModels; absent where it cannot. */
  readonly sessions?: SessionBinding
  /** Tensors and sessions that TensorFlow itself holds. */
  heldTensors(): number
}

/** tfjs-node's own name; it has one slot a process. */
export const addonBackendName = 'tensorflow'

const packageNames = { cpu: '@tensorflow/tfjs-node', gpu: '@tensorflow/tfjs-node-gpu' } as const satisfies Record<
  NativeFlavour,
  string
>

/** Where the modules of an install find our TensorFlow.js: theirs are one line each that reads it. */
const coreSymbol = Symbol.for('tfjs-serving.tfjs-core')

/** What tfjs-node 4.22 offers as backend (dist/nodejs_kernel_backend.js). */
type NodeBackend = KernelBackend & {
  readonly isUsingGpuDevice: boolean
  readonly isGPUPackage: boolean
  readonly binding: { readonly TF_Version: string } & Partial<SessionBinding>
  getNumOfTFTensors(): number
}

type BackendModule = { readonly NodeJSKernelBackend: new (binding: unknown, packageName: string) => NodeBackend }

/** What the add-on consists of, wherever it lies. */
type AddonFiles = { readonly flavour: NativeFlavour; readonly binding: string; readonly require: NodeJS.Require }

/**
 * The add-on that `native install` made, or the project's own tfjs-node package, in the order of `flavours`. One that is
 * registered already is taken as it is.
 * @throws BACKEND_UNAVAILABLE where none is there, or the one that is cannot be loaded; `details.remedy` mends it
 */
export async function loadTensorflowAddon(tf: Tfjs, flavours: readonly NativeFlavour[]): Promise<TensorflowAddon> {
  if (tf.engine().backendNames().includes(addonBackendName))
    return describe(tf.findBackend(addonBackendName) as NodeBackend)
  const files = await findAddon(flavours)
  const remedy = `npx tfjs-serving native install${flavours[0] === 'gpu' ? ' --gpu' : ''}`
  if (files === undefined)
    throw createError('BACKEND_UNAVAILABLE', `the native add-on is not installed; run \`${remedy}\``, {
      details: { remedy },
    })
  try {
    const backend = createBackend(tf, files)
    tf.registerBackend(addonBackendName, () => backend, 3)
    return describe(backend)
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw createError(
      'BACKEND_UNAVAILABLE',
      `the native add-on ${files.binding} cannot be loaded: ${text}; install it again: run \`${remedy}\``,
      { cause, details: { remedy } },
    )
  }
}

async function findAddon(flavours: readonly NativeFlavour[]): Promise<AddonFiles | undefined> {
  for (const flavour of flavours) {
    const install = await findNative(flavour)
    if (install === undefined) continue
    const folder = join(install.home, install.addon)
    return { flavour, binding: join(folder, 'tfjs_binding.node'), require: createRequire(join(folder, 'package.json')) }
  }
  for (const flavour of flavours) {
    const own = findPackage(flavour)
    if (own !== undefined) return own
  }
  return undefined
}

/** The package beside ours, where its own install step has fetched or built the binary. */
function findPackage(flavour: NativeFlavour): AddonFiles | undefined {
  const fromHere = createRequire(import.meta.url)
  try {
    const manifest = fromHere.resolve(`${packageNames[flavour]}/package.json`)
    const lib = join(dirname(manifest), 'lib')
    // one folder for each version of Node-API that it was built for: lib/napi-v8
    const built = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /^napi-v\d+[\\/]tfjs_binding\.node$/.test(path),
    )
    const newest = built.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1)
    if (newest === undefined) return undefined
    return { flavour, binding: join(lib, newest), require: createRequire(manifest) }
  } catch {
    return undefined
  }
}

/** Nothing of the package's index is loaded: it needs node-pre-gyp, and makes itself the active backend. */
function createBackend(tf: Tfjs, { flavour, binding, require }: AddonFiles): NodeBackend {
  const packageName = packageNames[flavour]
  // tfjs-node 4.22 calls both; Node 23 has lost the first and warns of the second
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean; isArray: (value: unknown) => boolean }
  old.isNullOrUndefined ??= (value) => value === null || value === undefined
  old.isArray = (value) => Array.isArray(value)
  ;(globalThis as Record<symbol, unknown>)[coreSymbol] = tf
  // an install holds the JavaScript of the cpu package for both flavours, which is the same
  const from = resolves(require, `${packageName}/package.json`) ? packageName : packageNames.cpu
  require(`${from}/dist/register_all_kernels`)
  const { NodeJSKernelBackend } = require(`${from}/dist/nodejs_kernel_backend`) as BackendModule
  return new NodeJSKernelBackend(require(binding), packageName)
}

function resolves(require: NodeJS.Require, name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

function describe(backend: NodeBackend): TensorflowAddon {
  const threadCount = Number(process.env['TF_NUM_INTRAOP_THREADS'])
  const visibleDevice = process.env['CUDA_VISIBLE_DEVICES']
  const sessions = sessionBindingOf(backend.binding)
  return {
    packageName: `${packageNames[backend.isGPUPackage ? 'gpu' : 'cpu']} ${tfjsNodeVersion}`,
    tensorflow: backend.binding.TF_Version,
    isUsingGpuDevice: backend.isUsingGpuDevice,
    ...(Number.isInteger(threadCount) && threadCount > 0 && { threadCount }),
    ...(visibleDevice !== undefined && { visibleDevice }),
    ...(sessions && { sessions }),
    heldTensors: () => backend.getNumOfTFTensors() + (sessions?.getNumOfSavedModels() ?? 0),
  }
}
