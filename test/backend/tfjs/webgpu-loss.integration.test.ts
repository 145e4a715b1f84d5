// A WebGPU device that goes, reports errors or has too little room: no run gives numbers then. On SwiftShader.
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { WebgpuOptions } from '../../../src/backend/backend-options.ts'
import type { Backend, BackendModel } from '../../../src/backend/port.ts'
import { createWebgpuBackend } from '../../../src/backend/tfjs/webgpu.ts'
import { elementwiseProgram, type WebgpuKernelBackend } from '../../../src/backend/tfjs/webgpu-program.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import {
  artifactOf,
  createRandom,
  randomChain,
  randomRows,
  storedGraph,
  withNode,
} from '../../helpers/random-regions.ts'
import { whyNoSwiftshader } from '../../helpers/swiftshader.ts'
import { rawSlab, slabsOf } from '../../suites/backend-contract.ts'

const reason = whyNoSwiftshader()
beforeEach(({ skip }) => skip(reason !== undefined, reason))

const random = createRandom(11)
const chain = randomChain(random, [3, 4, 2], 'tanh')
/** Scaled columns, and their tanh: one shader, which SwiftShader compiles in no time. */
const columns = { ...chain, output: [0, 1, 2].map((column) => ({ region: 2, column })) }
const artifact = withNode(artifactOf(columns), 'raw', { op: 'Tanh' })
const opened: Backend[] = []

function create(options: WebgpuOptions = {}): { readonly backend: Backend; readonly losses: string[] } {
  const losses: string[] = []
  const backend = createWebgpuBackend({ adapter: 'software', ...options }, (loss) => void losses.push(loss))
  opened.push(backend)
  return { backend, losses }
}

afterEach(async () => {
  for (const backend of opened.splice(0)) await backend.close()
})

/** The backend of TensorFlow.js beneath: tests break it from outside. */
function beneath() {
  return tf.engine().registry['webgpu'] as unknown as WebgpuKernelBackend & { readonly device: RawDevice }
}

type RawDevice = {
  destroy(): void
  createComputePipeline(descriptor: object): object
  createComputePipelineAsync(descriptor: object): Promise<object>
  createBindGroup(descriptor: object): object
}

async function expectAnswers(model: BackendModel, rowCount: number): Promise<void> {
  const rows = randomRows(random, columns, rowCount)
  const raw = rawSlab(artifact, rowCount)
  await model.run(slabsOf(artifact, rows), rowCount, [raw])
  const expected = rows.flatMap((row) => [...interpret(storedGraph(artifact), row)].map(Math.tanh))
  expected.forEach((value, i) => expect(raw.values[i]).toBeCloseTo(value, 5))
}

const gone = expect.objectContaining({ code: 'BACKEND_UNAVAILABLE' }) as unknown

test('rejects runs in flight and all later calls where the device is destroyed from outside, and tells of it once', async () => {
  const { backend, losses } = create()
  const model = await backend.load(artifact)
  const raw = rawSlab(artifact, 5)
  const runs = [1, 2].map(() => model.run(slabsOf(artifact, randomRows(random, columns, 5)), 5, [raw]))
  beneath().device.destroy()
  for (const run of runs) await expect(run).rejects.toEqual(gone)
  expect([...raw.values].every((value) => value === -77)).toBe(true)
  await expect(model.run(slabsOf(artifact, randomRows(random, columns, 1)), 1, [rawSlab(artifact, 1)])).rejects.toEqual(
    gone,
  )
  await expect(backend.load(artifact)).rejects.toEqual(gone)
  expect(losses).toEqual([expect.stringMatching(/destroyed/)])
})

test('answers on a new device after close and open, and calls no loss what it ends itself', async () => {
  const { backend, losses } = create()
  await backend.load(artifact)
  beneath().device.destroy()
  await backend.close()
  await expectAnswers(await backend.load(artifact), 3)
  expect(losses).toHaveLength(1)
  await backend.close()
  await backend.close()
  expect(losses).toHaveLength(1)
  expect(tf.engine().state.numTensors).toBe(0)
})

test('closes what is still opening', async () => {
  const { backend } = create()
  const opening = backend.open()
  await backend.close()
  await expect(opening).resolves.toMatchObject({ device: { kind: 'software' } })
  expect(tf.engine().registry['webgpu']).toBeUndefined()
})

test('lets one process have one device', async () => {
  await create().backend.open()
  await expect(create().backend.open()).rejects.toMatchObject({ code: 'BACKEND_UNAVAILABLE' })
})

test('takes no software adapter unasked, and names those that are there', async () => {
  const expected = { code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('SwiftShader') as unknown }
  await expect(create({ adapter: 'hardware' }).backend.open()).rejects.toMatchObject(expected)
  await expect(create({ adapterName: 'Voodoo' }).backend.open()).rejects.toMatchObject(expected)
})

test('compiles nothing after a load, whatever the size of a batch', async () => {
  const { backend } = create()
  await backend.open()
  const { device } = beneath()
  let compiled = 0
  const { createComputePipeline, createComputePipelineAsync } = device
  device.createComputePipeline = (descriptor) => (compiled++, createComputePipeline.call(device, descriptor))
  device.createComputePipelineAsync = (descriptor) => (compiled++, createComputePipelineAsync.call(device, descriptor))
  const source = artifactOf(chain)
  const model = await backend.load(source)
  expect(compiled).toBeGreaterThan(0)
  const atLoad = compiled
  for (const rowCount of [1, 2, 8, 9, 64, 65, 300, 513, 3000])
    await model.run(slabsOf(source, randomRows(random, chain, rowCount)), rowCount, [rawSlab(source, rowCount)])
  await backend.load(source)
  expect(compiled).toBe(atLoad)
})

test('keeps few buffers, however many sizes of batches it has run', async () => {
  const { backend } = create()
  const model = await backend.load(artifact)
  const { bufferManager: pool } = beneath()
  const afterEachSize: number[] = []
  for (let rowCount = 1; rowCount <= 60; rowCount++) {
    await expectAnswers(model, rowCount)
    afterEachSize.push(pool.numBytesAllocated)
  }
  expect(new Set(afterEachSize.slice(10)).size).toBe(1)
})

test('rejects a load whose shaders are not valid', async () => {
  const { backend } = create()
  await backend.open()
  await withKernel('Tanh', 'this is no WGSL', async () =>
    expect(backend.load(artifact)).rejects.toMatchObject({
      code: 'MODEL_LOAD_FAILED',
      message: expect.stringContaining('WGSL') as unknown,
    }),
  )
  await expectAnswers(await backend.load(artifact), 2)
})

test('gives no numbers where a run has an error of the device, and goes on after it', async () => {
  const { backend } = create()
  const model = await backend.load(artifact)
  const { device } = beneath()
  const raw = rawSlab(artifact, 4)
  const rows = randomRows(random, columns, 4)
  const { createBindGroup } = device
  // a shader without its buffers: nothing is computed, and what is read back is whatever lay there
  device.createBindGroup = (descriptor) => createBindGroup.call(device, { ...descriptor, entries: [] })
  const run = model.run(slabsOf(artifact, rows), 4, [raw])
  device.createBindGroup = createBindGroup
  await expect(run).rejects.toMatchObject({
    code: 'EXECUTION_FAILED',
    message: expect.stringContaining('device reported an error of validation') as unknown,
  })
  expect([...raw.values].every((value) => value === -77)).toBe(true)
  await expectAnswers(model, 300)
})

test('refuses a model that its budget of memory cannot hold', async () => {
  const expected = { code: 'OUT_OF_MEMORY', details: { backend: 'webgpu', budgetBytes: 1000 } }
  await expect(create({ memoryBudgetBytes: 1000 }).backend.load(artifact)).rejects.toMatchObject(expected)
})

/** A kernel whose shader is `code`, while `work` lasts. */
async function withKernel(name: string, code: string, work: () => Promise<void>): Promise<void> {
  const own = tf.getKernel(name, 'webgpu')
  if (own === undefined) throw new RangeError(`no kernel ${name}`)
  tf.unregisterKernel(name, 'webgpu')
  tf.registerKernel({
    ...own,
    kernelFunc: ({ inputs, backend }) => {
      const { x } = inputs
      if (x === undefined) throw new RangeError('no input')
      const program = elementwiseProgram(x.shape, { key: `broken ${name}`, inputs: ['A'], body: code })
      return (backend as WebgpuKernelBackend).runWebGPUProgram(program, [x], 'float32')
    },
  })
  try {
    await work()
  } finally {
    tf.unregisterKernel(name, 'webgpu')
    tf.registerKernel(own)
  }
}
