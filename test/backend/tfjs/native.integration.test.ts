// The backend contract on TensorFlow's own kernels, loaded into this process.
import process from 'node:process'
import util from 'node:util'
import { beforeEach, expect, test } from 'vitest'
import { createNativeBackend } from '../../../src/backend/tfjs/native.ts'
import { useNativeCache } from '../../helpers/native-cache.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

// read once, when the library starts
Object.assign(process.env, { TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '-1' })
// as in Node 23 and later
delete (util as { isNullOrUndefined?: unknown }).isNullOrUndefined

const reason = await useNativeCache()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

const backend = createNativeBackend()

describeBackend('native', () => backend)

test('says which TensorFlow computes, and with how many threads', async () => {
  expect(await backend.open()).toEqual({
    library: 'TensorFlow 2.21.0 through @tensorflow/tfjs-node 4.22.0',
    device: { kind: 'cpu', name: 'the CPU, by TensorFlow' },
    threadCount: 1,
  })
})

test('counts what TensorFlow holds, and not only what the engine knows', async () => {
  const tf = await import('@tensorflow/tfjs-core')
  const before = await backend.tensorCount()
  const { binding } = tf.engine().findBackend('tensorflow') as unknown as {
    binding: {
      readonly TF_FLOAT: number
      createTensor(shape: number[], dtype: number, values: Float32Array): number
      deleteTensor(id: number): void
    }
  }
  const lost = binding.createTensor([2], binding.TF_FLOAT, new Float32Array(2))
  expect(await backend.tensorCount()).toBe(before + 1)
  binding.deleteTensor(lost)
  expect(await backend.tensorCount()).toBe(before)
})
