// The backend contract on TensorFlow.js' plain JavaScript, and its silence.
import { expect, test, vi } from 'vitest'
import { createCpuBackend } from '../../../src/backend/tfjs/cpu.ts'
import { artifactOf, createRandom, randomChain } from '../../helpers/random-regions.ts'
import { describeBackend } from '../../suites/backend-contract.ts'

const backend = createCpuBackend()

test('says nothing on the console when it starts, and leaves the flags of TensorFlow.js as they were', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const tf = await import('@tensorflow/tfjs-core')
  const before = tf.env().getBool('IS_TEST')
  const model = await backend.load(artifactOf(randomChain(createRandom(1), [2, 1], 'identity')))
  model.dispose()
  expect(warn).not.toHaveBeenCalled()
  expect(tf.env().getBool('IS_TEST')).toBe(before)
  warn.mockRestore()
})

describeBackend('cpu', () => backend)
