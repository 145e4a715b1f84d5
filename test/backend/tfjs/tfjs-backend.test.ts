// Both TensorFlow.js backends in one realm, and the memory that each may take.
import { afterEach, expect, test, vi } from 'vitest'
import type { Artifact, WeightSpec } from '../../../src/artifact/artifact.ts'
import { createCpuBackend } from '../../../src/backend/tfjs/cpu.ts'
import { createWasmBackend } from '../../../src/backend/tfjs/wasm.ts'
import type { BackendModel } from '../../../src/backend/port.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { artifactOf, createRandom, randomEnsemble, randomRows, storedGraph } from '../../helpers/random-regions.ts'
import { rawSlab, slabsOf } from '../../suites/backend-contract.ts'

const random = createRandom(6)
const graph = randomEnsemble(random, { trees: 10, depth: 3, features: 4 })
const artifact = artifactOf(graph)
const models: BackendModel[] = []

async function loadBoth(): Promise<readonly [BackendModel, BackendModel]> {
  const pair = [await createWasmBackend().load(artifact), await createCpuBackend().load(artifact)] as const
  models.push(...pair)
  return pair
}

afterEach(() => {
  for (const model of models.splice(0)) model.dispose()
})

test('alternates wasm and cpu without moving weights between them', async () => {
  const pair = await loadBoth()
  const tf = await import('@tensorflow/tfjs-core')
  const wasm = tf.engine().findBackend('wasm')
  const cpu = tf.engine().findBackend('cpu')
  const rows = randomRows(random, graph, 4)
  const expected = rows.map((row) => interpret(storedGraph(artifact), row)[0])
  const run = (model: BackendModel) => {
    const raw = rawSlab(artifact, 4)
    void model.run(slabsOf(artifact, rows), 4, [raw])
    raw.values.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5))
  }
  for (const model of pair) run(model)
  const held = [wasm.numDataIds(), cpu.numDataIds()]
  const writes = { wasm: vi.spyOn(wasm, 'write'), cpu: vi.spyOn(cpu, 'write') }
  for (let turn = 0; turn < 4; turn++) {
    run(pair[turn % 2])
    const [own, other] = turn % 2 === 0 ? [writes.wasm, writes.cpu] : [writes.cpu, writes.wasm]
    expect(own).toHaveBeenCalled()
    expect(other).not.toHaveBeenCalled()
    vi.clearAllMocks()
    expect([wasm.numDataIds(), cpu.numDataIds()]).toEqual(held)
  }
})

test('disposes a model while the other backend is the active one', async () => {
  const [wasmModel, cpuModel] = await loadBoth()
  const tf = await import('@tensorflow/tfjs-core')
  const wasm = tf.engine().findBackend('wasm')
  void cpuModel.run(slabsOf(artifact, randomRows(random, graph, 1)), 1, [rawSlab(artifact, 1)])
  await tf.setBackend('cpu')
  wasmModel.dispose()
  expect(wasm.numDataIds()).toBe(0)
})

test('refuses a model that the budget of the backend cannot hold, and counts what disposed ones give back', async () => {
  const backend = createWasmBackend()
  const outOfMemory = { code: 'OUT_OF_MEMORY', details: { backend: 'wasm', budgetBytes: 3 * 2 ** 30 } }
  await expect(backend.load(withIdleConstants(artifact, 60))).rejects.toMatchObject(outOfMemory)
  const large = withIdleConstants(artifact, 30)
  const first = await backend.load(large)
  await expect(backend.load(large)).rejects.toMatchObject(outOfMemory)
  first.dispose()
  first.dispose()
  const second = await backend.load(large)
  await expect(backend.load(large)).rejects.toMatchObject(outOfMemory)
  second.dispose()
})

/** A graph with Fill nodes that nothing reads: a few bytes that ask for 64 MiB each. */
function withIdleConstants(from: Artifact, count: number): Artifact {
  const elements = 1 << 24
  const topology = from.modelJson.modelTopology as { node: object[] }
  const dims: WeightSpec = { name: 'dims', shape: [1], dtype: 'int32' }
  const zero: WeightSpec = { name: 'zero', shape: [], dtype: 'float32' }
  const [group] = from.modelJson.weightsManifest
  const weightData = new Uint8Array(from.weightData.byteLength + 8)
  weightData.set(new Uint8Array(from.weightData))
  new DataView(weightData.buffer).setInt32(from.weightData.byteLength, elements, true)
  const fills = Array.from({ length: count }, (_, i) => ({ name: `fill${i}`, op: 'Fill', input: ['dims', 'zero'] }))
  const consts = ['dims', 'zero'].map((name) => ({ name, op: 'Const' }))
  return {
    ...from,
    weightData: weightData.buffer,
    modelJson: {
      ...from.modelJson,
      modelTopology: { ...topology, node: [...topology.node, ...consts, ...fills] },
      weightsManifest: [{ ...group, weights: [...group.weights, dims, zero] }],
    },
  }
}

test('leaves the backend that other code of the process has chosen, through loads, runs and failures', async () => {
  const [wasm, cpu] = await loadBoth()
  const tf = await import('@tensorflow/tfjs-core')
  const rows = randomRows(random, graph, 2)
  for (const chosen of ['cpu', 'wasm']) {
    await tf.setBackend(chosen)
    models.push(await createWasmBackend().load(artifact), await createCpuBackend().load(artifact))
    expect(tf.getBackend()).toBe(chosen)
    for (const model of [wasm, cpu]) {
      void model.run(slabsOf(artifact, rows), 2, [rawSlab(artifact, 2)])
      expect(tf.getBackend()).toBe(chosen)
    }
    const broken = { ...artifact, weightData: artifact.weightData.slice(8) }
    for (const create of [createWasmBackend, createCpuBackend]) await expect(create().load(broken)).rejects.toThrow()
    expect(tf.getBackend()).toBe(chosen)
  }
})
