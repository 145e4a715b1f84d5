// An install in, what its add-on answers and says about itself out; meant for a process of its own, which a bad library may end.

import type { KernelBackend } from '@tensorflow/tfjs-core'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { NativeFlavour } from '../../backend/host/native-home.ts'
import { addonFolder } from './install-folders.ts'
import type { Proof } from './prove-addon.ts'

export async function runProof(home: string, _flavour: NativeFlavour): Promise<Proof> {
  const tf = await import('@tensorflow/tfjs-core')
  const all = globalThis as Record<symbol, unknown>
  all[Symbol.for('tfjs-serving.tfjs-core')] = tf
  const util = (await import('node:util')).default as unknown as Record<string, unknown>
  util['isNullOrUndefined'] ??= (a: unknown) => a === null || a === undefined
  const require = createRequire(join(home, addonFolder, 'x.js'))
  const binding = require('./tfjs_binding.node') as { TF_Version: string; isUsingGpuDevice(): boolean }
  require('@tensorflow/tfjs-node/dist/register_all_kernels')
  const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node/dist/nodejs_kernel_backend') as {
    NodeJSKernelBackend: new (binding: unknown, name: string) => KernelBackend
  }
  const backend = new NodeJSKernelBackend(binding, '@tensorflow/tfjs-node')
  tf.registerBackend('tensorflow', () => backend)
  await tf.setBackend('tensorflow')
  const product = tf.tidy(() =>
    tf.matMul(tf.tensor2d([1, 2, 3, 4], [2, 2]), tf.tensor2d([5, 6, 7, 8], [2, 2])).dataSync(),
  )
  return {
    tensorflow: binding.TF_Version,
    isUsingGpuDevice: (backend as unknown as { isUsingGpuDevice: boolean }).isUsingGpuDevice,
    product: [...product],
  }
}
