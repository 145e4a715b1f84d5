// A kernel and a graph as one model: what runs at once runs at once, and no number stands where float32 was left.
import { expect, test } from 'vitest'
import { createRowModel } from '../../../src/backend/choice/row-model.ts'
import { createTunedModel } from '../../../src/backend/choice/tuned-model.ts'
import { type BackendModel, rowSlabName, type Slab } from '../../../src/backend/port.ts'
import { createError } from '../../../src/errors.ts'
import { createEncoder } from '../../../src/rows/encode.ts'
import { artifactOf, createRandom, randomChain, storedGraph } from '../../helpers/random-regions.ts'

const artifact = artifactOf(randomChain(createRandom(1), [2, 3, 1], 'relu'))
const { inputs } = artifact.metadata
const encoder = createEncoder(storedGraph(artifact), inputs)

/** Answers the same number to every row, and keeps the columns that it was given. */
function createStub(answer: number, mode: BackendModel['mode'] = 'sync') {
  const seen: Slab[] = []
  const state: { disposeCount: number; fail?: Error } = { disposeCount: 0 }
  const model: BackendModel = {
    mode,
    run([input], rowCount, [raw]) {
      seen.push(input as Slab)
      if (state.fail !== undefined) throw state.fail
      raw.values.fill(answer, 0, rowCount * raw.width)
      return mode === 'sync' ? undefined : Promise.resolve()
    },
    dispose: () => void state.disposeCount++,
  }
  return { model, seen, state }
}

function asRows(graph: BackendModel, mustBeFinite = true): BackendModel {
  return createRowModel(graph, { encoder, inputs, rowWidth: 2, mustBeFinite })
}

function batchOf(...values: number[]) {
  const rows = { name: rowSlabName, width: 2, values: Float64Array.from(values) }
  const raw = { name: 'raw', width: 1, values: new Float32Array(values.length / 2).fill(-77) }
  return { rows: [rows], rowCount: values.length / 2, raw }
}

test.each(['sync', 'async'] as const)('marks rows that left float32 before a graph that runs %s', async (mode) => {
  for (const mustBeFinite of [true, false]) {
    const { rows, rowCount, raw } = batchOf(1, 2, 1e300, 2, 3, -Infinity, 4, 5)
    await asRows(createStub(5, mode).model, mustBeFinite).run(rows, rowCount, [raw])
    expect([...raw.values]).toEqual(mustBeFinite ? [5, NaN, NaN, 5] : [5, 5, 5, 5])
  }
})

test('encodes for a graph into columns that serve again and again, unless a batch still uses them', async () => {
  const { model, seen } = createStub(5, 'async')
  const graph = asRows(model)
  const run = () => {
    const { rows, rowCount, raw } = batchOf(1, 2, 3, 4)
    return graph.run(rows, rowCount, [raw])
  }
  await run()
  await run()
  await Promise.all([run(), run()])
  const [first, second, third, fourth] = seen.map(({ values }) => values)
  expect(second).toBe(first)
  expect(third).toBe(first)
  expect(fourth).not.toBe(first)
  expect([...fourth]).toEqual([...first])
})

test('leaves models that take rows as they are', () => {
  const kernel: BackendModel = { ...createStub(1).model, takes: 'rows' }
  expect(asRows(kernel)).toBe(kernel)
})

test('refuses slabs of another kind, and goes on', () => {
  const graph = asRows(createStub(5).model)
  const { rows, rowCount, raw } = batchOf(1, 2)
  expect(() => graph.run([{ ...rows[0], name: 'features' }], rowCount, [raw])).toThrow(
    expect.objectContaining({ code: 'EXECUTION_FAILED' }),
  )
  expect(graph.run(rows, rowCount, [raw])).toBeUndefined()
  expect([...raw.values]).toEqual([5])
})

function tuned(mode: BackendModel['mode'] = 'sync') {
  const [kernel, graph] = [createStub(1), createStub(2, mode)]
  const lost: string[] = []
  const model = createTunedModel({
    kernel: { ...kernel.model, takes: 'rows' },
    graph: asRows(graph.model),
    kernelMaxRows: 1,
    onLost: (side, cause) => lost.push(`${side}: ${cause.code}`),
  })
  const run = (...values: number[]) => {
    const { rows, rowCount, raw } = batchOf(...values)
    const pending = model.run(rows, rowCount, [raw])
    return { pending, answers: raw.values }
  }
  return { model, kernel, graph, lost, run }
}

test('has filled its answers when a run returns, where both run at once', () => {
  const { model, run } = tuned()
  expect(model.mode).toBe('sync')
  expect(run(1, 2)).toEqual({ pending: undefined, answers: Float32Array.of(1) })
  expect(run(1, 2, 1e300, 4)).toEqual({ pending: undefined, answers: Float32Array.of(2, NaN) })
})

test('leaves a graph that is lost at once for the kernel, once and for all', () => {
  const { graph, lost, run } = tuned()
  graph.state.fail = createError('BACKEND_UNAVAILABLE', 'gone')
  for (let turn = 0; turn < 2; turn++) expect([...run(1, 2, 3, 4).answers]).toEqual([1, 1])
  expect(graph.seen).toHaveLength(1)
  expect(lost).toEqual(['graph: BACKEND_UNAVAILABLE'])
})

test('passes on what fails where the other one is lost already', () => {
  const { graph, kernel, lost, run } = tuned()
  graph.state.fail = createError('BACKEND_UNAVAILABLE', 'gone')
  run(1, 2, 3, 4)
  kernel.state.fail = createError('BACKEND_UNAVAILABLE', 'gone as well')
  expect(() => run(1, 2)).toThrow('gone as well')
  expect(() => run(1, 2, 3, 4)).toThrow('gone as well')
  expect(lost).toEqual(['graph: BACKEND_UNAVAILABLE'])
})

test('frees both', () => {
  const { model, kernel, graph } = tuned()
  model.dispose()
  expect([kernel.state.disposeCount, graph.state.disposeCount]).toEqual([1, 1])
})
