// How a backend of TensorFlow.js starts: beside another one that works, and once however many ask.
import { expect, test } from 'vitest'
import { createCpuBackend } from '../../../src/backend/tfjs/cpu.ts'
import type { TfjsEngine } from '../../../src/backend/tfjs/tfjs-engine.ts'
import { openTfjs } from '../../../src/backend/tfjs/tfjs-library.ts'
import { createWasmBackend, wasmEngine } from '../../../src/backend/tfjs/wasm.ts'
import { artifactOf, createRandom, randomChain, randomRows } from '../../helpers/random-regions.ts'
import { rawSlab, slabsOf } from '../../suites/backend-contract.ts'

const graph = randomChain(createRandom(3), [4, 8, 2], 'relu')
const artifact = artifactOf(graph)
const rows = randomRows(createRandom(4), graph, 3)

test('starts wasm while cpu answers, and both are right', async () => {
  const cpu = await createCpuBackend().load(artifact)
  const answer = (model: typeof cpu): number[] => {
    const raw = rawSlab(artifact, 3)
    void model.run(slabsOf(artifact, rows), 3, [raw])
    return [...raw.values]
  }
  const expected = answer(cpu)
  let isStarted = false
  const starting = createWasmBackend()
    .load(artifact)
    .finally(() => void (isStarted = true))
  let turns = 0
  for (; !isStarted; turns++) {
    expect(answer(cpu)).toEqual(expected)
    await new Promise((resolve) => void setImmediate(resolve))
  }
  expect(turns).toBeGreaterThan(1)
  const wasm = await starting
  answer(wasm).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5))
  for (const model of [cpu, wasm]) model.dispose()
})

test('starts one instance for all who open it at once', async () => {
  const [first, second] = await Promise.all([openTfjs(wasmEngine), openTfjs(wasmEngine)])
  expect(first.tf.findBackend('wasm')).toBe(second.tf.findBackend('wasm'))
})

const broken: readonly (readonly [string, Partial<TfjsEngine>, string])[] = [
  ['cannot be imported', { register: () => Promise.reject(new Error('Cannot find package')) }, 'Cannot find package'],
  ['registers nothing', { registeredName: 'nowhere' }, "no backend is registered as 'nowhere'"],
  [
    'does not start',
    {
      registeredName: 'broken',
      register(tf) {
        tf.registerBackend('broken', () => Promise.reject(new Error('no adapter')))
        return Promise.resolve()
      },
    },
    'no adapter',
  ],
]

test.each(broken)('says BACKEND_UNAVAILABLE and why where one %s', async (_, change, text) => {
  const opening = openTfjs({ ...wasmEngine, ...change, description: 'a backend 1.0' })
  await expect(opening).rejects.toMatchObject({
    code: 'BACKEND_UNAVAILABLE',
    message: expect.stringContaining(text) as string,
  })
})
