import { expect, test } from 'vitest'
import { createHostService } from '../../../src/backend/host/host-service.ts'
import type { HostReply, HostRequest } from '../../../src/backend/host/host-protocol.ts'
import { createCpuBackend } from '../../../src/backend/tfjs/cpu.ts'
import { createKernelBackend } from '../../../src/backend/kernel/kernel-backend.ts'
import { type Backend, type BackendModel, rowSlabName } from '../../../src/backend/port.ts'
import { createError } from '../../../src/errors.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import { createEncoder } from '../../../src/rows/encode.ts'
import { artifactOf, createRandom, randomEnsemble, randomRows, storedGraph } from '../../helpers/random-regions.ts'
import { endTurn, scriptedFacts, smallArtifact } from '../../helpers/scripted-host.ts'

function createSubject(backend: Backend | (() => Promise<Backend>)) {
  const replies: HostReply[] = []
  const serve = createHostService(typeof backend === 'function' ? backend : () => Promise.resolve(backend), (reply) =>
    replies.push(reply),
  )
  /** Serves one and gives its answer. */
  const ask = async (request: HostRequest): Promise<HostReply> => {
    const count = replies.length
    serve(request)
    while (replies.length === count) await endTurn()
    return replies[replies.length - 1]
  }
  return { serve, ask, replies }
}

function backendOf(parts: Partial<Backend>): Backend {
  return {
    name: 'native',
    description: 'a test',
    open: () => Promise.resolve(scriptedFacts),
    load: () => Promise.reject(new Error('not asked for')),
    tensorCount: () => Promise.resolve(0),
    health: () => ({ restartCount: 0 }),
    close: () => Promise.resolve(),
    ...parts,
  }
}

test('answers a load with how the model is computed', async () => {
  const model: BackendModel = { mode: 'sync', form: 'one call a batch', run: () => undefined, dispose: () => undefined }
  const { ask } = createSubject(backendOf({ load: () => Promise.resolve(model) }))
  const request = { id: 1, kind: 'load', model: 1, artifact: smallArtifact } as const
  expect(await ask(request)).toEqual({ id: 1, ok: true, value: 'one call a batch' })
})

test('has regions computed that it is given in place of the artifact’s own', async () => {
  const random = createRandom(6)
  const own = randomEnsemble(random, { trees: 4, depth: 3, features: 3 })
  const other = randomEnsemble(random, { trees: 2, depth: 2, features: 3 })
  const { ask } = createSubject(createKernelBackend())
  await ask({ id: 1, kind: 'load', model: 1, artifact: artifactOf(own), derived: other })
  const [row] = randomRows(random, other, 1)
  const inputs = [{ name: rowSlabName, width: 3, values: row }]
  const outputs = [{ name: 'raw', width: 1 }]
  const reply = await ask({ id: 2, kind: 'run', model: 1, inputs, rowCount: 1, outputs })
  const [answer] = interpret(other, row)
  const values = (reply as { value: readonly Float32Array[] }).value
  expect(values[0][0]).toBeCloseTo(answer, 5)
})

test('serves a real backend: loads, runs and frees as in the same process', async () => {
  const random = createRandom(5)
  const graph = randomEnsemble(random, { trees: 4, depth: 3, features: 3 })
  const artifact = artifactOf(graph)
  const { ask } = createSubject(createCpuBackend())
  expect(await ask({ id: 1, kind: 'open' })).toMatchObject({ id: 1, ok: true, value: { device: { kind: 'cpu' } } })
  expect(await ask({ id: 2, kind: 'load', model: 9, artifact })).toEqual({ id: 2, ok: true, value: undefined })
  const rows = randomRows(random, graph, 3)
  const { metadata } = artifact
  const inputs = metadata.inputs.map(({ name, width }) => ({ name, width, values: new Float32Array(3 * width) }))
  createEncoder(storedGraph(artifact), metadata.inputs).encode(
    Float64Array.from(rows.flatMap((row) => [...row])),
    3,
    inputs.map(({ values }) => values),
  )
  const run = { kind: 'run', model: 9, inputs, rowCount: 3, outputs: [{ name: 'raw', width: 1 }] } as const
  const reply = await ask({ id: 3, ...run })
  const expected = rows.map((row) => Math.fround(interpret(storedGraph(artifact), row)[0]))
  const [values] = 'value' in reply ? (reply.value as readonly Float32Array[]) : []
  expect([...values].map((value) => value.toFixed(4))).toEqual(expected.map((value) => value.toFixed(4)))
  expect(await ask({ id: 4, kind: 'dispose', model: 9 })).toMatchObject({ ok: true })
  expect(await ask({ id: 5, kind: 'dispose', model: 9 })).toMatchObject({ ok: true })
  expect(await ask({ id: 6, kind: 'tensorCount' })).toEqual({ id: 6, ok: true, value: 0 })
  expect(await ask({ id: 7, ...run })).toMatchObject({ id: 7, ok: false, error: { code: 'CLOSED' } })
})

test('serves one request at a time, in the order in which they came', async () => {
  const order: string[] = []
  const finish: (() => void)[] = []
  const backend = backendOf({
    load: () =>
      Promise.resolve({
        mode: 'async',
        run: () => {
          order.push('begin')
          return new Promise<void>((resolve) => finish.push(resolve))
        },
        dispose: () => void order.push('dispose'),
      }),
  })
  const { serve, replies } = createSubject(backend)
  const run = { kind: 'run', model: 1, inputs: [], rowCount: 0, outputs: [] } as const
  serve({ id: 1, kind: 'load', model: 1, artifact: smallArtifact })
  serve({ id: 2, ...run })
  serve({ id: 3, ...run })
  serve({ id: 4, kind: 'dispose', model: 1 })
  await endTurn()
  expect(order).toEqual(['begin'])
  finish[0]()
  await endTurn()
  expect(order).toEqual(['begin', 'begin'])
  finish[1]()
  await endTurn()
  expect(order).toEqual(['begin', 'begin', 'dispose'])
  expect(replies.map((reply) => 'id' in reply && reply.id)).toEqual([1, 2, 3, 4])
})

test('hands on errors with code and details', async () => {
  const load = () =>
    Promise.reject(createError('OUT_OF_MEMORY', 'no room', { details: { bytes: 5 }, cause: new Error('low') }))
  const { ask } = createSubject(backendOf({ load }))
  expect(await ask({ id: 1, kind: 'load', model: 1, artifact: smallArtifact })).toEqual({
    id: 1,
    ok: false,
    error: { code: 'OUT_OF_MEMORY', message: 'no room', details: { bytes: 5 }, cause: 'Error: low' },
  })
})

const strangers = [
  ['open', 'BACKEND_UNAVAILABLE'],
  ['load', 'MODEL_LOAD_FAILED'],
  ['tensorCount', 'EXECUTION_FAILED'],
] as const

test.each(strangers)('names what %s throws that is no error of ours %s', async (kind, code) => {
  const fail = () => Promise.reject(new TypeError('x is not a function'))
  const { ask } = createSubject(backendOf({ open: fail, load: fail, tensorCount: fail }))
  const request: HostRequest = kind === 'load' ? { id: 1, kind, model: 1, artifact: smallArtifact } : { id: 1, kind }
  expect(await ask(request)).toMatchObject({ ok: false, error: { code, message: 'x is not a function' } })
})

test('says BACKEND_UNAVAILABLE where its backend cannot even be imported', async () => {
  const { ask } = createSubject(() => Promise.reject(new Error('no such file')))
  expect(await ask({ id: 1, kind: 'open' })).toMatchObject({ error: { code: 'BACKEND_UNAVAILABLE' } })
})

test('says EXECUTION_FAILED where there is no room for the answers', async () => {
  const model = { mode: 'sync', run: () => undefined, dispose: () => undefined } as const
  const { ask } = createSubject(backendOf({ load: () => Promise.resolve(model) }))
  await ask({ id: 1, kind: 'load', model: 1, artifact: smallArtifact })
  const outputs = [{ name: 'raw', width: 2 ** 40 }]
  expect(await ask({ id: 2, kind: 'run', model: 1, inputs: [], rowCount: 9, outputs })).toMatchObject({
    error: { code: 'EXECUTION_FAILED' },
  })
})

test('gives itself up where WebAssembly ends in the middle of a run, whoever wrapped its error', async () => {
  const trap = Object.assign(new Error('Aborted()'), { name: 'RuntimeError' })
  const wrapped = createError('EXECUTION_FAILED', 'could not run', { cause: trap })
  for (const error of [trap, wrapped]) {
    const { ask } = createSubject(backendOf({ tensorCount: () => Promise.reject(error) }))
    expect(await ask({ id: 1, kind: 'tensorCount' })).toEqual({
      kind: 'lost',
      reason: 'its WebAssembly ended: Aborted()',
    })
  }
})
