// Options in, TensorFlow.js' WebGPU backend on Dawn as an engine out: packages, adapter, device, globals, watch.

import { createError } from '../../errors.ts'
import type { WebgpuOptions } from '../backend-options.ts'
import type { StartedEngine, Tfjs, TfjsEngine } from './tfjs-engine.ts'
import { exportsOf } from './tfjs-library.ts'
import { chooseAdapter, type Dawn, type FoundAdapter, type Gpu } from './webgpu-adapter.ts'
import { type DeviceWatch, type GpuDevice, watchDevice } from './webgpu-device.ts'
import { replaceKernels } from './webgpu-kernels.ts'
import { compileAhead, runSizes, trimPool } from './webgpu-pipelines.ts'
import type { WebgpuKernelBackend, WebgpuPackage } from './webgpu-program.ts'

export type WebgpuEngine = TfjsEngine & {
  /** Resolves when the device is gone; undefined before there is one. */
  lost(): Promise<Error> | undefined
  /** Gives the device back; TensorFlow.js has no backend `webgpu` then. */
  close(): void
}

/** How the two optional packages are imported. */
export type WebgpuPackages = {
  readonly webgpu: () => Promise<Dawn>
  readonly '@tensorflow/tfjs-backend-webgpu': () => Promise<WebgpuPackage>
}

const install = 'npm install webgpu@0.6.2 @tensorflow/tfjs-backend-webgpu@4.22.0'

const installed: WebgpuPackages = {
  webgpu: async () => (await import('webgpu')) as unknown as Dawn,
  '@tensorflow/tfjs-backend-webgpu': async () =>
    exportsOf((await import('@tensorflow/tfjs-backend-webgpu')) as unknown as WebgpuPackage),
}

export const webgpuDescription = '@tensorflow/tfjs-backend-webgpu 4.22.0 on webgpu (Dawn)'
const registeredName = 'webgpu'

/** Half of what the smallest cards of today have; what is left belongs to the display and other processes. */
const defaultMemoryBudgetBytes = 2 * 2 ** 30

/** Four full runs of a model. */
const maxPoolBytes = 256 * 2 ** 20

/** Those that TensorFlow.js 4.22.0 asks for, and how many buffers a shader may read: ConcatV2 takes as many at once. */
const limitNames = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
]

export function createWebgpuEngine(
  options: WebgpuOptions | undefined,
  onLost: (reason: string) => void,
  packages: WebgpuPackages = installed,
): WebgpuEngine {
  let opened: Opened | undefined
  return {
    name: 'webgpu',
    description: webgpuDescription,
    registeredName,
    reading: 'async',
    lost: () => opened?.device.lost,
    async register(tf) {
      const dawn = await packageOf(packages, 'webgpu')
      const { WebGPUBackend } = await packageOf(packages, '@tensorflow/tfjs-backend-webgpu')
      if (Object.hasOwn(tf.engine().registry, registeredName)) throw alreadyOpen()
      const found = await chooseAdapter(dawn, options)
      const gpuDevice = await openDevice(found)
      const device = watchDevice(gpuDevice, onLost)
      try {
        exposeGlobals(dawn, found.gpu)
        const backend = new WebGPUBackend(gpuDevice, found.adapter.info)
        adopt(tf, backend)
        opened = { tf, found, device, backend }
      } catch (error) {
        device.destroy()
        throw error
      }
    },
    describe() {
      if (opened === undefined) throw new RangeError('the engine is described before it is registered')
      return startedEngine(opened, options)
    },
    close() {
      opened?.device.destroy()
      opened?.tf.removeBackend(registeredName)
    },
  }
}

/** Makes `backend` what TensorFlow.js starts under its name, with kernels that answer right. */
function adopt(tf: Tfjs, backend: WebgpuKernelBackend): void {
  replaceKernels(tf)
  // Small tensors would be computed in JavaScript: what answers right for few rows must be what answers for many.
  tf.env().set('WEBGPU_CPU_FORWARD', false)
  // the package registers itself where it finds a GPU, with a device that nobody watches
  if (tf.findBackendFactory(registeredName) != null) tf.removeBackend(registeredName)
  tf.registerBackend(registeredName, () => backend)
}

type Opened = {
  readonly tf: Tfjs
  readonly found: FoundAdapter
  readonly device: DeviceWatch
  readonly backend: WebgpuKernelBackend
}

function startedEngine({ tf, found, device, backend }: Opened, options: WebgpuOptions | undefined): StartedEngine {
  const { limits, info } = found.adapter
  return {
    facts: { library: webgpuDescription, device: { kind: found.kind, name: found.name, driver: info.description } },
    memoryBudgetBytes: options?.memoryBudgetBytes ?? defaultMemoryBudgetBytes,
    maxTensorBytes: Math.min(limits['maxStorageBufferBindingSize'] ?? 0, limits['maxBufferSize'] ?? 0),
    watch() {
      const settle = device.watch()
      return async () => {
        await settle()
        trimPool(backend, maxPoolBytes)
      }
    },
    runSizes,
    async prepare(execute, sizes) {
      await compileAhead(tf, backend, () => {
        for (const size of sizes) execute(size)
      })
      trimPool(backend, 0)
    },
  }
}

async function packageOf<Name extends keyof WebgpuPackages>(
  packages: WebgpuPackages,
  name: Name,
): Promise<Awaited<ReturnType<WebgpuPackages[Name]>>> {
  try {
    return (await packages[name]()) as Awaited<ReturnType<WebgpuPackages[Name]>>
  } catch (cause) {
    throw createError(
      'BACKEND_UNAVAILABLE',
      `package ${name} could not be imported: ${cause instanceof Error ? cause.message : String(cause)}; ${install}`,
      { cause, details: { backend: 'webgpu', package: name, remedy: install } },
    )
  }
}

async function openDevice({ name, adapter }: FoundAdapter): Promise<GpuDevice> {
  const offered = limitNames.map((limit) => [limit, adapter.limits[limit]] as const)
  const requiredLimits = Object.fromEntries(
    offered.flatMap(([limit, most]) => (most === undefined ? [] : [[limit, most]])),
  )
  try {
    return await adapter.requestDevice({ requiredLimits })
  } catch (cause) {
    throw createError(
      'BACKEND_UNAVAILABLE',
      `WebGPU adapter ${name} gave no device: ${cause instanceof Error ? cause.message : String(cause)}; update its driver`,
      { cause, details: { backend: 'webgpu', adapter: name } },
    )
  }
}

/** TensorFlow.js asks for a browser's globals at each operation, so they stay: the process is the backend's host. */
function exposeGlobals({ globals }: Dawn, gpu: Gpu): void {
  Object.assign(globalThis, globals)
  const { navigator = {} } = globalThis as { navigator?: object }
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true })
  Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true })
}

function alreadyOpen(): Error {
  return createError(
    'BACKEND_UNAVAILABLE',
    'this process has a WebGPU backend of TensorFlow.js already; close it first, or use another process',
    { details: { backend: 'webgpu' } },
  )
}
