// Dawn and what a user asks for in; the adapter that fits, by name and kind, out, or an error that says what was found.

import { createError } from '../../errors.ts'
import type { WebgpuOptions } from '../backend-options.ts'
import type { GpuDevice } from './webgpu-device.ts'

/** As much of npm's `webgpu` (Dawn) as is used here. */
export type Dawn = {
  /** `adapter=<part of a name>` and `backend=<name>` narrow what there is. */
  create(options: string[]): Gpu
  /** What a browser has as globals: GPUBuffer, GPUBufferUsage and so on. */
  readonly globals: object
}

export type Gpu = { requestAdapter(options: { readonly powerPreference: string }): Promise<GpuAdapter | null> }

export type GpuAdapter = {
  readonly info: GpuAdapterInfo
  readonly limits: Readonly<Record<string, number | undefined>>
  requestDevice(descriptor: { readonly requiredLimits: Record<string, number> }): Promise<GpuDevice>
}

export type GpuAdapterInfo = {
  readonly vendor: string
  readonly architecture: string
  readonly device: string
  /** The driver and its version. */
  readonly description: string
  readonly isFallbackAdapter?: boolean
}

export type FoundAdapter = {
  readonly name: string
  /** `software`: computed by the processor. */
  readonly kind: 'gpu' | 'software'
  readonly adapter: GpuAdapter
  readonly gpu: Gpu
}

/**
 * All that were ever made. Dawn 0.6.2 crashes or hangs the process where one is collected while a device, be it another
 * one's, compiles on its threads (seen on SwiftShader: within 40 rounds, never with the instances kept).
 */
const instances = new Set<Gpu>()

const request = { powerPreference: 'high-performance' } as const

/** No adapter has it: Dawn answers with the names of those that there are. */
const nobody = 'adapter=none of them, list all'

/** Renderers without a GPU that may not say so in `isFallbackAdapter`. */
const software = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render/i

/** @throws BACKEND_UNAVAILABLE where no adapter fits */
export async function chooseAdapter(dawn: Dawn, options: WebgpuOptions = {}): Promise<FoundAdapter> {
  const { adapter: wanted = 'hardware', adapterName = '' } = options
  const found = await findAdapters(dawn)
  const named = found.filter(({ name }) => name.toLowerCase().includes(adapterName.toLowerCase()))
  const chosen = named.find(({ kind }) => (kind === 'software') === (wanted === 'software'))
  if (chosen === undefined) throw noAdapter(found, named, { wanted, adapterName })
  return chosen
}

/** All adapters, the one that Dawn itself would take first. */
async function findAdapters(dawn: Dawn): Promise<FoundAdapter[]> {
  const found: FoundAdapter[] = []
  for (const { backend, name } of await listNames(dawn)) {
    const gpu = createGpu(dawn, [`backend=${backend}`, `adapter=${name}`])
    const adapter = await gpu.requestAdapter(request)
    if (adapter !== null) found.push({ name, kind: kindOf(name, adapter.info), adapter, gpu })
  }
  if (found.length < 2) return found
  const first = await createGpu(dawn, []).requestAdapter(request)
  const rank = ({ adapter: { info } }: FoundAdapter): number =>
    info.device === first?.info.device && info.description === first.info.description ? 0 : 1
  return found.sort((a, b) => rank(a) - rank(b))
}

/** Dawn has no call that lists adapters; asked for one that is not there it says which are, and gives null for none. */
async function listNames(dawn: Dawn): Promise<{ readonly backend: string; readonly name: string }[]> {
  let text = ''
  try {
    await createGpu(dawn, [nobody]).requestAdapter(request)
  } catch (error) {
    text = error instanceof Error ? error.message : String(error)
  }
  const lines = [...text.matchAll(/^ \* backend: '([^']*)', name: '(.*)'$/gm)]
  const names = new Map(lines.map(([line, backend, name]) => [line, { backend, name }]))
  return [...names.values()]
}

function createGpu(dawn: Dawn, options: string[]): Gpu {
  const gpu = dawn.create(options)
  instances.add(gpu)
  return gpu
}

function kindOf(name: string, info: GpuAdapterInfo): FoundAdapter['kind'] {
  const texts = [name, info.vendor, info.architecture, info.device, info.description]
  return info.isFallbackAdapter === true || texts.some((text) => software.test(text)) ? 'software' : 'gpu'
}

const driverRemedy =
  "install libvulkan1 and the Vulkan library of the GPU's driver; in a container of NVIDIA's toolkit, set NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics"

function noAdapter(
  found: readonly FoundAdapter[],
  named: readonly FoundAdapter[],
  { wanted, adapterName }: { readonly wanted: 'hardware' | 'software'; readonly adapterName: string },
): Error {
  const list = (adapters: readonly FoundAdapter[]): string => adapters.map(({ name }) => name).join(', ')
  const [what, remedy] =
    found.length === 0
      ? ['Dawn found none', driverRemedy]
      : named.length === 0
        ? [`none has '${adapterName}' in its name; there are: ${list(found)}`, 'set backendOptions.webgpu.adapterName']
        : wanted === 'hardware'
          ? [
              `only a software adapter: ${list(named)}; ask for it with backendOptions.webgpu.adapter 'software', or`,
              driverRemedy,
            ]
          : [
              `no software adapter, only ${list(named)}; use it with backendOptions.webgpu.adapter 'hardware'`,
              "set backendOptions.webgpu.adapter to 'hardware'",
            ]
  return createError('BACKEND_UNAVAILABLE', `no WebGPU adapter: ${what}; ${remedy}`, {
    details: { backend: 'webgpu', adapters: found.map(({ name, kind }) => ({ name, kind })), remedy },
  })
}
