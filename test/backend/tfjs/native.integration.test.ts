// The backend contract on TensorFlow's own kernels, loaded into this process.
import process from 'node:process'
import { expect, test } from 'vitest'
import { createNativeBackend } from '../../../src/backend/tfjs/native.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

// read once, when the library starts
Object.assign(process.env, { TF_CPP_MIN_LOG_LEVEL: '2', TF_NUM_INTRAOP_THREADS: '1', TF_NUM_INTEROP_THREADS: '1' })

const backend = createNativeBackend()

describeBackend('native', () => backend)

test('says which TensorFlow computes, and with how many threads', async () => {
  expect(await backend.open()).toEqual({
    library: 'TensorFlow 2.21.0 through @tensorflow/tfjs-node 4.22.0',
    device: { kind: 'cpu', name: 'the CPU, by TensorFlow' },
    threadCount: 1,
  })
})
