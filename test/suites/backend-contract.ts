// What every backend must do, whatever it runs on: right answers at every batch size, named errors, nothing left behind.
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Artifact } from '../../src/artifact/artifact.ts'
import { type AnySlab, type Backend, type BackendModel, rowSlabName, type Slab } from '../../src/backend/port.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { StoreOptions } from '../../src/regions/store.ts'
import { roundingBound } from '../../src/regions/rounding-bound.ts'
import { createEncoder } from '../../src/rows/encode.ts'
import {
  artifactOf,
  createRandom,
  randomChain,
  randomEnsemble,
  randomRows,
  storedGraph,
  withLeafBooks,
  withNode,
} from '../helpers/random-regions.ts'

export type ContractOptions = {
  /** `few` asks a slow backend the same kinds of question at fewer and smaller sizes. @default 'all' */
  readonly sizes?: 'all' | 'few'
  /** `regions`: it computes from those, takes rows, and never looks at the graph. @default 'graph' */
  readonly reads?: 'graph' | 'regions'
}

const sizesOf = {
  all: { batches: [1, 2, 7, 64, 301], largeChain: 2049, turns: 5 },
  few: { batches: [1, 7, 64], largeChain: 513, turns: 2 },
} as const

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
  'a chain that sees missing values': withoutImputer(randomChain(random, [5, 6, 2], 'tanh')),
  'plain columns': {
    ...randomChain(random, [3, 1], 'identity'),
    output: [0, 2, 1].map((column) => ({ region: 2, column })),
  },
}

/** Trees whose leaves are stored as codes. */
const bookModels: Readonly<Record<string, ReturnType<typeof withLeafBooks>>> = {
  'complete trees, an output each, with a code book': withLeafBooks(
    randomEnsemble(random, { trees: 9, depth: 4, features: 4, outputWidth: 3 }),
    { entries: 11, bookCount: 'one' },
  ),
  'preorder trees of wide leaves, with a code book a column': withLeafBooks(
    randomEnsemble(random, { trees: 5, depth: 9, features: 5, leafWidth: 3, aggregate: 'mean' }),
    { entries: 40, bookCount: 'one a column' },
  ),
}

function modelOf(key: string): { readonly graph: RegionGraph; readonly leafBooks?: StoreOptions['leafBooks'] } {
  return bookModels[key] ?? { graph: graphs[key] }
}

/** NaN goes through its preprocessing. */
function withoutImputer(graph: RegionGraph): RegionGraph {
  const regions = graph.regions.map((region) =>
    region.kind === 'impute' ? { ...region, fill: region.fill.map(() => NaN) } : region,
  )
  return { ...graph, regions }
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

/** Rows as the slabs that the model takes. */
function inputsOf(model: BackendModel, artifact: Artifact, rows: readonly Float64Array[]): readonly AnySlab[] {
  if (model.takes !== 'rows') return slabsOf(artifact, rows)
  const width = artifact.metadata.schema.features.length
  const values = new Float64Array(width * rows.length)
  rows.forEach((row, i) => values.set(row, i * width))
  return [{ name: rowSlabName, width, values }]
}

async function answersOf(
  model: BackendModel,
  artifact: Artifact,
  rows: readonly Float64Array[],
): Promise<Float32Array> {
  const raw = rawSlab(artifact, rows.length)
  await model.run(inputsOf(model, artifact, rows), rows.length, [raw])
  return raw.values
}

/** Where the oracle has no number, there must be none. */
function expectRight(artifact: Artifact, rows: readonly Float64Array[], got: Float32Array): void {
  const graph = storedGraph(artifact)
  rows.forEach((row, i) => {
    const bound = roundingBound(graph, row)
    interpret(graph, row).forEach((expected, k) => {
      const value = got[i * bound.length + k]
      const isRight = Number.isNaN(expected) ? Number.isNaN(value) : Math.abs(value - expected) <= bound[k]
      if (!isRight && value !== expected)
        throw new RangeError(`row ${i}, output ${k}: ${value} for ${expected}, bound ${bound[k]}`)
    })
  })
}

/** A graph whose last operation throws when it runs: its indices are no integers, which no shape tells. */
function failingArtifact(): Artifact {
  const artifact = artifactOf(graphs['complete trees'])
  const { node } = artifact.modelJson.modelTopology as { node: { name: string; input: string[] }[] }
  const source = node.find(({ name }) => name === 'raw')?.input[0] ?? ''
  return withNode(artifact, 'raw', { op: 'GatherNd', input: [source, source] })
}

const spoilers = [NaN, Infinity, -Infinity]
const spoiledGraphs = ['complete trees', 'preorder trees', 'a linear model', 'a chain that sees missing values']

/**
 * The contract as tests. The backend may come from the built package: errors are known by their codes, and only plain
 * values go in.
 */
export function describeBackend(
  name: string,
  open: () => Backend | Promise<Backend>,
  options: ContractOptions = {},
): void {
  const sizes = sizesOf[options.sizes ?? 'all']
  const runsGraphs = options.reads !== 'regions'
  describe(`backend ${name}`, () => {
    const models: BackendModel[] = []
    let backend: Backend
    beforeAll(async () => {
      backend = await open()
    })
    const load = async (artifact: Artifact): Promise<BackendModel> => {
      const model = await backend.load(artifact)
      models.push(model)
      return model
    }
    const loaded = async (key: string) => {
      const { graph, leafBooks } = modelOf(key)
      const artifact = artifactOf(graph, leafBooks && { leafBooks })
      return { graph, artifact, model: await load(artifact) }
    }
    afterEach(async () => {
      for (const model of models.splice(0)) model.dispose()
      expect(await backend.tensorCount()).toBe(0)
    })

    test('says what it computes with', async () => {
      const facts = await backend.open()
      expect(facts.library).toMatch(/\d+\.\d+/)
      expect(facts.device.name).not.toBe('')
      expect(backend.health()).toEqual({ restartCount: 0 })
    })

    test.each([...Object.keys(graphs), ...Object.keys(bookModels)])('answers as the oracle: %s', async (key) => {
      const { graph, artifact, model } = await loaded(key)
      for (const rowCount of sizes.batches) {
        const rows = randomRows(random, graph, rowCount)
        expectRight(artifact, rows, await answersOf(model, artifact, rows))
      }
    })

    test('answers a large batch', async () => {
      const { graph, artifact, model } = await loaded('a wide chain with relu')
      const rows = randomRows(random, graph, sizes.largeChain)
      expectRight(artifact, rows, await answersOf(model, artifact, rows))
    })

    test('runs a batch larger than one execution takes, in slices', async () => {
      const graph = randomEnsemble(random, { trees: 60, depth: 7, features: 3, leafChance: 0 })
      const artifact = artifactOf(graph)
      const model = await load(artifact)
      const few = randomRows(random, graph, 8)
      const rows = Array.from({ length: 700 }, (_, i) => few[i % few.length])
      const got = await answersOf(model, artifact, rows)
      for (const at of [0, 8, 344, 696]) expectRight(artifact, few.slice(0, 4), got.slice(at, at + 4))
    })

    test('leaves no tensor behind a run', async () => {
      const { graph, artifact, model } = await loaded('preorder trees')
      await answersOf(model, artifact, randomRows(random, graph, 9))
      const before = await backend.tensorCount()
      for (let run = 0; run < sizes.turns; run++) await answersOf(model, artifact, randomRows(random, graph, 9))
      expect(await backend.tensorCount()).toBe(before)
    })

    if (runsGraphs)
      test('says EXECUTION_FAILED where an operation throws, leaves nothing behind it and goes on', async () => {
        const { graph, artifact, model } = await loaded('complete trees')
        const rows = randomRows(random, graph, 3)
        const broken = await load(failingArtifact())
        const expected = { code: 'EXECUTION_FAILED', details: { rowCount: 3 } }
        const run = () => answersOf(broken, artifact, rows)
        await expect(run()).rejects.toMatchObject(expected)
        await answersOf(model, artifact, rows)
        const before = await backend.tensorCount()
        await expect(run()).rejects.toMatchObject(expected)
        expectRight(artifact, rows, await answersOf(model, artifact, rows))
        expect(await backend.tensorCount()).toBe(before)
      })

    test('does nothing for no rows', async () => {
      const { artifact, model } = await loaded('complete trees')
      const raw = rawSlab(artifact, 2)
      await model.run(inputsOf(model, artifact, []), 0, [raw])
      expect([...raw.values]).toEqual([-77, -77])
    })

    test('reads and writes only its rows of pooled slabs, views into larger buffers included', async () => {
      const { graph, artifact, model } = await loaded('a chain with tanh')
      const rows = randomRows(random, graph, 3)
      const [slab] = inputsOf(model, artifact, rows)
      const pool = (slab.values instanceof Float64Array ? new Float64Array(100) : new Float32Array(100)).fill(NaN)
      pool.set(slab.values, 20)
      const raw = new Float32Array(50).fill(-77)
      await model.run([{ ...slab, values: pool.subarray(20) } as AnySlab], 3, [
        { name: 'raw', width: 2, values: raw.subarray(10) },
      ])
      expectRight(artifact, rows, raw.slice(10, 16))
      expect([...raw.slice(0, 10), ...raw.slice(16)].every((value) => value === -77)).toBe(true)
    })

    test('gives the caller its own numbers: a later run changes neither answers nor slabs', async () => {
      const { graph, artifact, model } = await loaded('plain columns')
      const [first, second] = [0, 1].map(() => randomRows(random, graph, 4))
      const slabs = inputsOf(model, artifact, first)
      const raw = rawSlab(artifact, 4)
      await model.run(slabs, 4, [raw])
      const kept = raw.values.slice()
      raw.values.fill(5)
      expectRight(artifact, first, kept)
      slabs[0].values.set(inputsOf(model, artifact, second)[0].values)
      await model.run(slabs, 4, [raw])
      expectRight(artifact, second, raw.values)
      expectRight(artifact, first, kept)
    })

    test('leaves its inputs as they were', async () => {
      const { graph, artifact, model } = await loaded('a chain with tanh')
      const slabs = inputsOf(model, artifact, randomRows(random, graph, 4))
      const before = slabs.map(({ values }) => values.slice())
      await model.run(slabs, 4, [rawSlab(artifact, 4)])
      expect(slabs.map(({ values }) => values)).toEqual(before)
    })

    test('gives each of several runs in flight its own answers', async () => {
      const models = [await loaded('a chain with logistic'), await loaded('complete trees')]
      const runs = Array.from({ length: 6 }, (_, i) => {
        const { graph, artifact, model } = models[i % 2]
        return { artifact, model, rows: randomRows(random, graph, 1 + 5 * (i % 3)) }
      })
      const answers = await Promise.all(runs.map(({ artifact, model, rows }) => answersOf(model, artifact, rows)))
      runs.forEach(({ artifact, rows }, i) => expectRight(artifact, rows, answers[i]))
    })

    test('loads several models at once', async () => {
      const keys = ['complete trees', 'a linear model', 'preorder trees', 'plain columns']
      for (const { graph, artifact, model } of await Promise.all(keys.map(loaded))) {
        const rows = randomRows(random, graph, 5)
        expectRight(artifact, rows, await answersOf(model, artifact, rows))
      }
    })

    test.each(spoiledGraphs)('keeps a row of %s without numbers from spoiling its neighbours', async (key) => {
      const { graph, artifact, model } = await loaded(key)
      const rows = randomRows(random, graph, 3)
      for (const spoiler of spoilers) {
        rows[1].fill(spoiler)
        expectRight(artifact, rows, await answersOf(model, artifact, rows))
        expectRight(artifact, [rows[1]], await answersOf(model, artifact, [rows[1]]))
      }
    })

    test('runs two models in turn, and the one after the other is disposed', async () => {
      const [trees, chain] = [await loaded('complete trees'), await loaded('a wide chain with relu')]
      for (let turn = 0; turn < 3; turn++)
        for (const { graph, artifact, model } of [trees, chain]) {
          const rows = randomRows(random, graph, 5)
          expectRight(artifact, rows, await answersOf(model, artifact, rows))
        }
      trees.model.dispose()
      const rows = randomRows(random, chain.graph, 5)
      expectRight(chain.artifact, rows, await answersOf(chain.model, chain.artifact, rows))
    })

    test('frees everything at dispose, and a second dispose does nothing', async () => {
      const before = await backend.tensorCount()
      const { graph, artifact, model } = await loaded('complete trees')
      await answersOf(model, artifact, randomRows(random, graph, 2))
      expect(await backend.tensorCount()).toBeGreaterThan(before)
      model.dispose()
      model.dispose()
      expect(await backend.tensorCount()).toBe(before)
      await expect(answersOf(model, artifact, [])).rejects.toMatchObject({ code: 'CLOSED' })
    })

    test('answers or says CLOSED where a model is disposed while it runs', async () => {
      const { graph, artifact, model } = await loaded('a linear model')
      const rows = randomRows(random, graph, 4)
      const running = answersOf(model, artifact, rows)
      model.dispose()
      const [ended] = await Promise.allSettled([running])
      if (ended.status === 'fulfilled') expectRight(artifact, rows, ended.value)
      else expect(ended.reason).toMatchObject({ code: 'CLOSED' })
    })

    const badSlabs: readonly (readonly [string, <Any extends AnySlab>(slab: Any) => Any[]])[] = [
      ['no slab', () => []],
      ['a slab of another name', (slab) => [{ ...slab, name: 'pixels' }]],
      ['a slab of another width', (slab) => [{ ...slab, width: slab.width + 1 }]],
      ['a slab that is too short', (slab) => [{ ...slab, values: slab.values.subarray(1) as typeof slab.values }]],
    ]
    test.each(badSlabs)('refuses %s with EXECUTION_FAILED', async (_, change) => {
      const { graph, artifact, model } = await loaded('complete trees')
      const slabs = change(inputsOf(model, artifact, randomRows(random, graph, 2))[0])
      const attempt = async () => model.run(slabs, 2, [rawSlab(artifact, 2)])
      await expect(attempt()).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
    })

    test.each(badSlabs)('refuses %s for its answers with EXECUTION_FAILED', async (_, change) => {
      const { graph, artifact, model } = await loaded('complete trees')
      const rows = randomRows(random, graph, 2)
      const attempt = async () => model.run(inputsOf(model, artifact, rows), 2, change(rawSlab(artifact, 2)))
      await expect(attempt()).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
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
      ['a shape that is computed', 'VALIDATION_FAILED', { op: 'Reshape', input: ['ranks', 'ranks'] }],
      ['bounds that are computed', 'VALIDATION_FAILED', { op: 'ClipByValue', input: ['ranks', 'ranks', 'ranks'] }],
    ]
    if (runsGraphs)
      test.each(badGraphs)('refuses a graph with %s', async (_, code, change) => {
        const artifact = withNode(artifactOf(graphs['complete trees']), 'raw', change)
        await expect(backend.load(artifact)).rejects.toMatchObject({ code })
      })
  })
}
