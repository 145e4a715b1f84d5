// A flavour in, what its add-on answers and says about itself out; meant for a process of its own, which a bad library may end.

import type { Tensor2D } from '@tensorflow/tfjs-core'
import type { NativeFlavour } from '../../backend/host/native-home.ts'
import { type Proof, proofFactors } from './prove-addon.ts'

/** Loads it just as the runtime does. @throws BACKEND_UNAVAILABLE where it cannot be loaded */
export async function runProof(flavour: NativeFlavour): Promise<Proof> {
  const { exportsOf } = await import('../../backend/tfjs/tfjs-library.ts')
  const { addonBackendName, loadTensorflowAddon } = await import('../../backend/tfjs/tensorflow-addon.ts')
  const tf = exportsOf(await import('@tensorflow/tfjs-core'))
  const { tensorflow, isUsingGpuDevice } = await loadTensorflowAddon(tf, [flavour])
  await tf.setBackend(addonBackendName)
  const product = tf.tidy(() => {
    const [left, right] = proofFactors.map((values) => tf.tensor2d([...values], [2, 2])) as [Tensor2D, Tensor2D]
    return tf.matMul(left, right).dataSync()
  })
  return { tensorflow, isUsingGpuDevice, product: [...product] }
}
