// What every backend must do, whatever it runs on: right answers at every batch size, named errors, nothing left behind.
import { afterEach, describe, expect, test } from 'vitest'
import type { Artifact } from '../../src/artifact/artifact.ts'
import type { Backend, BackendModel, Slab } from '../../src/backend/port.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { roundingBound } from '../../src/regions/rounding-bound.ts'
import { createEncoder } from '../../src/rows/encode.ts'
import {
  artifactOf,
  createRandom,
  randomChain,
  randomEnsemble,
  randomRows,
  storedGraph,
  withNode,
} from '../helpers/random-regions.ts'

export type BackendContract = {
  readonly backend: Backend
  /** Tensors alive on the backend's library; no backend may leave any behind. */
  readonly tensorCount: () => number
}

const random = createRandom(2024)

const graphs: Readonly<Record<string, RegionGraph>> = {
  'complete trees': randomEnsemble(random, { trees: 20, depth: 3, features: 6 }),
  'complete trees, an output each': randomEnsemble(random, { trees: 9, depth: 4, features: 4, outputWidth: 3 }),
  'complete trees, a mean of wide leaves': randomEnsemble(random, {
    trees: 8,
    depth: 3,
    features: 4,
    leafWidth: 4,
    aggregate: 'mean',
  }),
  'one tree, one column, one leaf': randomEnsemble(random, { trees: 1, depth: 0, features: 1 }),
  'preorder trees': randomEnsemble(random, { trees: 7, depth: 11, features: 5, leafChance: 0.25, flipPoints: 300 }),
  'preorder trees, every node tested': randomEnsemble(random, {
    trees: 15,
    depth: 14,
    features: 5,
    leafChance: 0.5,
    leafWidth: 2,
  }),
  'preorder trees, an output each': randomEnsemble(random, { trees: 6, depth: 9, features: 5, outputWidth: 3 }),
  'preorder trees, a mean of wide leaves': randomEnsemble(random, {
    trees: 5,
    depth: 9,
    features: 5,
    leafWidth: 3,
    aggregate: 'mean',
  }),
  'a linear model': randomChain(random, [5, 1], 'identity'),
  'a wide chain with relu': randomChain(random, [60, 64, 32, 3], 'relu'),
  'a chain with tanh': randomChain(random, [4, 7, 2], 'tanh'),
  'a chain with logistic': randomChain(random, [4, 7, 2], 'logistic'),
  'plain columns': {
    ...randomChain(random, [3, 1], 'identity'),
    output: [0, 2, 1].map((column) => ({ region: 2, column })),
  },
}

/** Rows as the slabs that the graph takes. */
export function slabsOf(artifact: Artifact, rows: readonly Float64Array[]): Slab[] {
  const encoder = createEncoder(storedGraph(artifact), artifact.metadata.inputs)
  const flat = new Float64Array(rows.reduce((sum, row) => sum + row.length, 0))
  rows.forEach((row, i) => flat.set(row, i * row.length))
  const slabs = artifact.metadata.inputs.map(({ name, width }) => ({
    name,
    width,
    values: new Float32Array(width * rows.length),
  }))
  encoder.encode(
    flat,
    rows.length,
    slabs.map(({ values }) => values),
  )
  return slabs
}

export function rawSlab(artifact: Artifact, rowCount: number): Slab {
  const width = artifact.metadata.rawWidth
  return { name: 'raw', width, values: new Float32Array(width * rowCount).fill(-77) }
}

async function answersOf(
  model: BackendModel,
  artifact: Artifact,
  rows: readonly Float64Array[],
): Promise<Float32Array> {
  const raw = rawSlab(artifact, rows.length)
  await model.run(slabsOf(artifact, rows), rows.length, [raw])
  return raw.values
}

function expectRight(artifact: Artifact, rows: readonly Float64Array[], got: Float32Array): void {
  const graph = storedGraph(artifact)
  rows.forEach((row, i) => {
    const bound = roundingBound(graph, row)
    interpret(graph, row).forEach((expected, k) => {
      const difference = Math.abs(got[i * bound.length + k] - expected)
      if (!Number.isNaN(expected) && !(difference <= bound[k]))
        throw new RangeError(`row ${i}, output ${k}: ${got[i * bound.length + k]} for ${expected}, bound ${bound[k]}`)
    })
  })
}

export function describeBackend(name: string, open: () => Promise<BackendContract>): void {
  describe(`backend ${name}`, () => {
    const models: BackendModel[] = []
    const load = async (backend: Backend, artifact: Artifact): Promise<BackendModel> => {
      const model = await backend.load(artifact)
      models.push(model)
      return model
    }
    afterEach(async () => {
      for (const model of models.splice(0)) model.dispose()
      const { tensorCount } = await open()
      expect(tensorCount()).toBe(0)
    })

    test.each(Object.entries(graphs))('answers as the oracle: %s', async (_, graph) => {
      const { backend } = await open()
      const artifact = artifactOf(graph)
      const model = await load(backend, artifact)
      for (const rowCount of [1, 2, 7, 64, 301]) {
        const rows = randomRows(random, graph, rowCount)
        expectRight(artifact, rows, await answersOf(model, artifact, rows))
      }
    })

    test('runs a batch larger than one execution takes, in slices', async () => {
      const { backend } = await open()
      const graph = randomEnsemble(random, { trees: 60, depth: 7, features: 3, leafChance: 0 })
      const artifact = artifactOf(graph)
      const model = await load(backend, artifact)
      const few = randomRows(random, graph, 8)
      const rows = Array.from({ length: 700 }, (_, i) => few[i % few.length])
      const got = await answersOf(model, artifact, rows)
      for (const at of [0, 8, 344, 696]) expectRight(artifact, few.slice(0, 4), got.slice(at, at + 4))
    })

    test('leaves no tensor behind a run, right or failed', async () => {
      const { backend, tensorCount } = await open()
      const graph = graphs['preorder trees']
      const artifact = artifactOf(graph)
      const model = await load(backend, artifact)
      const before = tensorCount()
      for (let run = 0; run < 5; run++) await answersOf(model, artifact, randomRows(random, graph, 9))
      expect(() => model.run([], 3, [rawSlab(artifact, 3)])).toThrow()
      expect(tensorCount()).toBe(before)
    })

    test('does nothing for no rows', async () => {
      const { backend } = await open()
      const artifact = artifactOf(graphs['complete trees'])
      const model = await load(backend, artifact)
      const raw = rawSlab(artifact, 2)
      await model.run(slabsOf(artifact, []), 0, [raw])
      expect([...raw.values]).toEqual([-77, -77])
    })

    test('reads and writes only its rows of pooled slabs, views into larger buffers included', async () => {
      const { backend } = await open()
      const artifact = artifactOf(graphs['a chain with tanh'])
      const model = await load(backend, artifact)
      const rows = randomRows(random, graphs['a chain with tanh'], 3)
      const [slab] = slabsOf(artifact, rows)
      const pool = new Float32Array(100).fill(NaN)
      pool.set(slab.values, 20)
      const raw = new Float32Array(50).fill(-77)
      await model.run([{ ...slab, values: pool.subarray(20) }], 3, [
        { name: 'raw', width: 2, values: raw.subarray(10) },
      ])
      expectRight(artifact, rows, raw.slice(10, 16))
      expect([...raw.slice(0, 10), ...raw.slice(16)].every((value) => value === -77)).toBe(true)
    })

    test('gives the caller its own numbers: a later run changes neither answers nor slabs', async () => {
      const { backend } = await open()
      const artifact = artifactOf(graphs['plain columns'])
      const model = await load(backend, artifact)
      const [first, second] = [0, 1].map(() => randomRows(random, graphs['plain columns'], 4))
      const slabs = slabsOf(artifact, first)
      const raw = rawSlab(artifact, 4)
      await model.run(slabs, 4, [raw])
      const kept = raw.values.slice()
      raw.values.fill(5)
      expectRight(artifact, first, kept)
      slabs[0].values.set(slabsOf(artifact, second)[0].values)
      await model.run(slabs, 4, [raw])
      expectRight(artifact, second, raw.values)
      expectRight(artifact, first, kept)
    })

    test('keeps a row with infinities from spoiling its neighbours', async () => {
      const { backend } = await open()
      const graph = graphs['complete trees']
      const artifact = artifactOf(graph)
      const model = await load(backend, artifact)
      const rows = randomRows(random, graph, 3)
      rows[1].fill(Infinity)
      expectRight(artifact, rows, await answersOf(model, artifact, rows))
      rows[1].fill(-Infinity)
      expectRight(artifact, rows, await answersOf(model, artifact, rows))
    })

    test('runs two models in turn', async () => {
      const { backend } = await open()
      const pair = ['complete trees', 'a wide chain with relu'].map((key) => ({
        graph: graphs[key],
        artifact: artifactOf(graphs[key]),
      }))
      const loaded = await Promise.all(pair.map(({ artifact }) => load(backend, artifact)))
      for (let turn = 0; turn < 3; turn++)
        for (const [i, { graph, artifact }] of pair.entries()) {
          const rows = randomRows(random, graph, 5)
          expectRight(artifact, rows, await answersOf(loaded[i], artifact, rows))
        }
      loaded[0].dispose()
      const rows = randomRows(random, pair[1].graph, 5)
      expectRight(pair[1].artifact, rows, await answersOf(loaded[1], pair[1].artifact, rows))
    })

    test('frees everything at dispose, and a second dispose does nothing', async () => {
      const { backend, tensorCount } = await open()
      const before = tensorCount()
      const artifact = artifactOf(graphs['complete trees'])
      const model = await backend.load(artifact)
      expect(tensorCount()).toBeGreaterThan(before)
      model.dispose()
      model.dispose()
      expect(tensorCount()).toBe(before)
      expect(() => model.run(slabsOf(artifact, []), 0, [rawSlab(artifact, 0)])).toThrow(
        expect.objectContaining({ code: 'CLOSED' }),
      )
    })

    const badSlabs: readonly (readonly [string, (slab: Slab) => Slab[]])[] = [
      ['no slab', () => []],
      ['a slab of another name', (slab) => [{ ...slab, name: 'pixels' }]],
      ['a slab of another width', (slab) => [{ ...slab, width: slab.width + 1 }]],
      ['a slab that is too short', (slab) => [{ ...slab, values: slab.values.subarray(1) }]],
    ]
    test.each(badSlabs)('refuses %s with EXECUTION_FAILED', async (_, change) => {
      const { backend } = await open()
      const graph = graphs['complete trees']
      const artifact = artifactOf(graph)
      const model = await load(backend, artifact)
      const slabs = change(slabsOf(artifact, randomRows(random, graph, 2))[0])
      expect(() => model.run(slabs, 2, [rawSlab(artifact, 2)])).toThrow(
        expect.objectContaining({ code: 'EXECUTION_FAILED' }),
      )
    })

    const badGraphs: readonly (readonly [string, string, Record<string, unknown>])[] = [
      ['control flow', 'UNSUPPORTED', { op: 'While' }],
      ['an operation that nobody knows', 'UNSUPPORTED', { op: 'Magic' }],
      ['an operation from Object', 'UNSUPPORTED', { op: 'constructor' }],
      ['a batched gather', 'UNSUPPORTED', { op: 'GatherV2' }],
      ['a node that is not there', 'VALIDATION_FAILED', { input: ['nowhere'] }],
      ['a node that reads itself', 'VALIDATION_FAILED', { input: ['raw'] }],
      ['an output of another width', 'VALIDATION_FAILED', { input: ['ranks'] }],
      ['an output that no input reaches', 'VALIDATION_FAILED', { input: ['trees2/base'] }],
    ]
    test.each(badGraphs)('refuses a graph with %s', async (_, code, change) => {
      const { backend } = await open()
      const artifact = withNode(artifactOf(graphs['complete trees']), 'raw', change)
      await expect(backend.load(artifact)).rejects.toMatchObject({ code })
    })
  })
}
