// Nothing in, an engine out that computes as cpu does and is read as a GPU is: late, and never what lies on the device.
import type * as tfjsCore from '@tensorflow/tfjs-core'
import type { StartedEngine, TfjsEngine } from '../../../src/backend/tfjs/tfjs-engine.ts'

export type DeviceLike = {
  readonly engine: TfjsEngine
  /** What the device reports about the next piece of work. */
  failNext(error: Error): void
}

const registeredName = 'device-like'

/** Whatever a kernel reads as data is on the device from then on: dataSync throws, as on WebGPU; data() comes a turn later. */
export function createDeviceLike(started: Partial<StartedEngine> = {}): DeviceLike {
  let reported: Error | undefined
  const engine: TfjsEngine = {
    name: 'webgpu',
    description: 'a test device 1.0',
    registeredName,
    reading: 'async',
    register,
    describe: () => ({
      facts: { library: 'a test device 1.0', device: { kind: 'software', name: 'test' } },
      memoryBudgetBytes: 2 ** 30,
      watch: () => {
        const error = reported
        reported = undefined
        return async () => {
          await nextTurn()
          if (error !== undefined) throw error
        }
      },
      ...started,
    }),
  }
  return { engine, failNext: (error) => void (reported = error) }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

async function register(tf: typeof tfjsCore): Promise<void> {
  const { MathBackendCPU } = await import('@tensorflow/tfjs-backend-cpu')
  if (tf.findBackendFactory(registeredName) !== null) return
  class DeviceLikeBackend extends MathBackendCPU {
    readonly onDevice = new WeakSet<object>()
    isComputing = false
    override readSync(dataId: object) {
      // kernels read what they own
      if (!this.isComputing && this.onDevice.has(dataId)) throw new Error('OffscreenCanvas is not defined')
      return super.readSync(dataId)
    }
    override async read(dataId: object) {
      // copied when it is asked for, as a queue of commands does
      const values = super.readSync(dataId).slice() as Awaited<ReturnType<MathBackend['read']>>
      await nextTurn()
      return values
    }
  }
  type MathBackend = InstanceType<typeof MathBackendCPU>
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend('cpu'))
    tf.registerKernel({
      kernelName,
      backendName: registeredName,
      kernelFunc: (parts) => {
        const device = parts.backend as DeviceLikeBackend
        for (const input of Object.values(parts.inputs ?? {}).flat()) {
          // a fused kernel without bias is given undefined
          const tensor = input as { readonly dataId: object } | undefined
          if (tensor !== undefined) device.onDevice.add(tensor.dataId)
        }
        device.isComputing = true
        try {
          return kernelFunc(parts)
        } finally {
          device.isComputing = false
        }
      },
    })
  tf.registerBackend(registeredName, () => new DeviceLikeBackend())
}
