// The backend contract and its error paths on an engine that is read asynchronously, without a GPU.
import type * as tfjsCore from '@tensorflow/tfjs-core'
import { expect, onTestFinished, test } from 'vitest'
import { createTfjsBackend } from '../../../src/backend/tfjs/tfjs-backend.ts'
import { artifactOf, createRandom, randomChain, randomEnsemble, randomRows } from '../../helpers/random-regions.ts'
import { describeBackend, rawSlab, slabsOf } from '../../suites/backend-contract.ts'
import { createDeviceLike } from './device-like-engine.ts'

const random = createRandom(77)
const graph = randomEnsemble(random, { trees: 6, depth: 3, features: 4 })
const artifact = artifactOf(graph)

describeBackend('read asynchronously', () => createTfjsBackend(createDeviceLike().engine), { sizes: 'few' })

test('rejects a run that the device reports an error for, and no other', async () => {
  const device = createDeviceLike()
  const backend = createTfjsBackend(device.engine)
  const model = await backend.load(artifact)
  const rows = randomRows(random, graph, 3)
  const run = async () => model.run(slabsOf(artifact, rows), 3, [rawSlab(artifact, 3)])
  const before = await backend.tensorCount()
  device.failNext(new Error('[Invalid ShaderModule] is invalid'))
  const [first, second] = await Promise.allSettled([run(), run()])
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'EXECUTION_FAILED' } })
  expect(second).toMatchObject({ status: 'fulfilled' })
  device.failNext(new Error('Out of memory: buffer of 1 GiB'))
  await expect(run()).rejects.toMatchObject({ code: 'OUT_OF_MEMORY', details: { rowCount: 3 } })
  expect(await backend.tensorCount()).toBe(before)
  model.dispose()
})

test('rejects a load that the device reports an error for, and gives its memory back', async () => {
  const device = createDeviceLike({ memoryBudgetBytes: 80 * 2 ** 20 })
  const backend = createTfjsBackend(device.engine)
  await backend.open()
  device.failNext(new Error('validation failed'))
  await expect(backend.load(artifact)).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  expect(await backend.tensorCount()).toBe(0)
  const model = await backend.load(artifact)
  await expect(backend.load(artifact)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' })
  model.dispose()
})

test('runs no tensor that is larger than the device binds, in more and smaller slices', async () => {
  const byteLengths: number[] = []
  const limit = 4096
  const device = createDeviceLike({ maxTensorBytes: limit })
  const chain = randomChain(random, [5, 32, 2], 'tanh')
  const wide = artifactOf(chain)
  const backend = createTfjsBackend(device.engine)
  const model = await backend.load(wide)
  const tf = await import('@tensorflow/tfjs-core')
  const kernel = tf.getKernel('_FusedMatMul', 'device-like')
  onTestFinished(() => replaceKernel(tf, kernel))
  replaceKernel(tf, {
    ...kernel,
    kernelFunc: (parts) => {
      const found = kernel.kernelFunc(parts)
      for (const { shape } of Array.isArray(found) ? found : [found]) byteLengths.push(4 * tf.util.sizeFromShape(shape))
      return found
    },
  })
  await model.run(slabsOf(wide, randomRows(random, chain, 100)), 100, [rawSlab(wide, 100)])
  model.dispose()
  expect(Math.max(...byteLengths)).toBe(limit)
})

function replaceKernel(tf: typeof tfjsCore, kernel: tfjsCore.KernelConfig): void {
  tf.unregisterKernel(kernel.kernelName, kernel.backendName)
  tf.registerKernel(kernel)
}

test('refuses a constant that is larger than the device binds, by name', async () => {
  const backend = createTfjsBackend(createDeviceLike({ maxTensorBytes: 256 }).engine)
  await expect(backend.load(artifactOf(randomChain(random, [5, 64, 2], 'tanh')))).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
    details: { tensor: expect.stringMatching(/dense3/) as string, maxTensorBytes: 256 },
  })
})
