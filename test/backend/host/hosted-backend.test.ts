import { expect, test } from 'vitest'
import { MLError, PredictionError } from '../../../src/errors.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { createScriptedBackend, runRow, smallArtifact } from '../../helpers/scripted-host.ts'

const slab = (values: ArrayLike<number>, name = 'features', width = 2) => ({
  name,
  width,
  values: Float32Array.from(values),
})
const raw = (length: number) => ({ name: 'raw', width: 1, values: new Float32Array(length).fill(-77) })

test('names the library that its process computes with', () => {
  const { backend } = createScriptedBackend()
  expect(backend.name).toBe('native')
  expect(backend.description).toMatch(/tfjs-node 4\.22\.0/)
})

test('says of a model how its host computes it, where the host does', async () => {
  const { backend, hosts, load } = createScriptedBackend()
  expect((await load()).form).toBeUndefined()
  const loading = backend.load(smallArtifact)
  hosts.last.answerWith('one call a batch')
  expect((await loading).form).toBe('one call a batch')
})

test('sends regions that the artifact does not hold, and spares the host its own', async () => {
  const { backend, hosts, load } = createScriptedBackend()
  await load()
  const graph: RegionGraph = { regions: [{ kind: 'input', width: 1 }], output: [{ region: 0, column: 0 }] }
  for (const [source, derived] of [
    ['own', undefined],
    ['derived', graph],
  ] as const) {
    const loading = backend.load(smallArtifact, graph, source)
    expect(hosts.last.pending.at(-1)).toMatchObject({ kind: 'load' })
    expect((hosts.last.pending.at(-1) as { derived?: RegionGraph }).derived).toEqual(derived)
    hosts.last.answerAll()
    await loading
  }
})

test('sends exactly the rows of pooled slabs and writes exactly theirs', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const output = raw(5)
  const running = model.run([slab([1, 0, 2, 0, 3, 0, 4, 0])], 3, [output])
  expect(hosts.last.pending).toMatchObject([
    {
      kind: 'run',
      rowCount: 3,
      inputs: [{ name: 'features', width: 2, values: Float32Array.of(1, 0, 2, 0, 3, 0) }],
      outputs: [{ name: 'raw', width: 1 }],
    },
  ])
  hosts.last.answerAll()
  await running
  expect([...output.values]).toEqual([2, 4, 6, -77, -77])
})

test('sends its inputs again to a second host', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const input = slab([1, 0])
  const output = raw(1)
  const running = model.run([input], 1, [output])
  hosts.last.die()
  hosts.last.answerAll()
  await running
  expect(output.values[0]).toBe(2)
})

test('leaves the slab of a batch alone that was given up', async () => {
  const { backend, hosts, load } = createScriptedBackend()
  const model = await load()
  const output = raw(1)
  const running = model.run([slab([1, 0])], 1, [output])
  void backend.close()
  await expect(running).rejects.toMatchObject({ code: 'CLOSED' })
  hosts.last.answerAll()
  expect(output.values[0]).toBe(-77)
})

test('asks no host for no rows', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const output = raw(1)
  await model.run([slab([])], 0, [output])
  expect(hosts.last.pending).toEqual([])
  expect(output.values[0]).toBe(-77)
})

const badSlabs = [
  ['no input', [], [raw(2)]],
  ['an input of another name', [slab([1, 0, 2, 0], 'pixels')], [raw(2)]],
  ['an input of another width', [slab([1, 0, 2, 0], 'features', 4)], [raw(2)]],
  ['an input that is too short', [slab([1, 0, 2])], [raw(2)]],
  ['no output', [slab([1, 0, 2, 0])], []],
  ['an output that is too short', [slab([1, 0, 2, 0])], [raw(1)]],
] as const

test.each(badSlabs)('refuses %s without asking the host', async (_, inputs, outputs) => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  await expect(model.run(inputs, 2, outputs)).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
  expect(hosts.last.pending).toEqual([])
})

const badAnswers = [
  ['nothing', undefined],
  ['no outputs', []],
  ['too few numbers', [Float32Array.of(1)]],
  ['too many numbers', [Float32Array.of(1, 2, 3)]],
] as const

test.each(badAnswers)('says EXECUTION_FAILED where a host answers with %s', async (_, value) => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const output = raw(2)
  const running = model.run([slab([1, 0, 2, 0])], 2, [output])
  hosts.last.answerWith(value)
  await expect(running).rejects.toMatchObject({ code: 'EXECUTION_FAILED', details: { rowCount: 2 } })
  expect([...output.values]).toEqual([-77, -77])
})

test('rejects with errors of this process, whatever the host says', async () => {
  const { hosts, load } = createScriptedBackend()
  const model = await load()
  const failing = [runRow(model, 1), runRow(model, 1)]
  hosts.last.fail({ code: 'OUT_OF_MEMORY', message: 'no room', details: { model: 'm' }, cause: 'Error: cudaMalloc' })
  hosts.last.fail({ code: 'NEVER_HEARD_OF', message: 'strange' })
  const [known, unknown] = await Promise.all(failing.map((one) => one.catch((error: unknown) => error)))
  expect(known).toBeInstanceOf(PredictionError)
  expect(known).toMatchObject({
    code: 'OUT_OF_MEMORY',
    message: 'no room',
    details: { model: 'm' },
    cause: 'Error: cudaMalloc',
  })
  expect(unknown).toBeInstanceOf(MLError)
  expect(unknown).toMatchObject({ code: 'EXECUTION_FAILED', message: 'strange' })
})

test('refuses an artifact that cannot be sent', async () => {
  const { backend, hosts } = createScriptedBackend()
  const artifact = { ...smallArtifact, modelJson: { ...smallArtifact.modelJson, signature: () => 1 } }
  const loading = backend.load(artifact)
  hosts.last.answerAll()
  await expect(loading).rejects.toMatchObject({ code: 'MODEL_LOAD_FAILED' })
  expect(hosts.last.asked).toEqual(['open'])
})
