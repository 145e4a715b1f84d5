// Kernels as a backend: rows that leave float32, what an earlier batch leaves behind, and how much memory a model takes.
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { detectKernelFeatures } from '../../../src/backend/kernel/kernel-features.ts'
import { createKernelBackend, isKernelModel, type KernelModel } from '../../../src/backend/kernel/kernel-backend.ts'
import { rowSlabName } from '../../../src/backend/port.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { roundingBound } from '../../../src/regions/rounding-bound.ts'
import { loadModel } from '../../../src/runtime/load-model.ts'
import {
  type ArtifactOptions,
  artifactFiles,
  artifactOf,
  createRandom,
  randomChain,
  randomEnsemble,
  randomRows,
  storedGraph,
} from '../../helpers/random-regions.ts'

const random = createRandom(7)
const float32: ArtifactOptions = { choose: () => ({ encoding: 'float32' }) }

/** Its layers read the canonical row. */
function withoutPreprocessing(graph: RegionGraph): RegionGraph {
  const [input, , , chain] = graph.regions
  if (chain.kind !== 'dense-chain') throw new Error('no chain')
  const inputs = chain.inputs.map((_, column) => ({ region: 0, column }))
  return {
    regions: [input, { ...chain, inputs }],
    output: graph.output.map(({ column }) => ({ region: 1, column })),
  }
}

const chains: Readonly<Record<string, RegionGraph>> = {
  'scaled columns through layers': randomChain(random, [7, 17, 9, 3], 'relu'),
  'scaled columns through one layer': randomChain(random, [5, 1], 'identity'),
  'rows through layers': withoutPreprocessing(randomChain(random, [7, 17, 1], 'tanh')),
  'whole vectors of a row through layers': withoutPreprocessing(randomChain(random, [8, 16, 2], 'relu')),
  'rows through one layer': withoutPreprocessing(randomChain(random, [5, 1], 'identity')),
  'rows through one layer of two columns': withoutPreprocessing(randomChain(random, [9, 2], 'identity')),
}

const ways = [
  { way: 'in WebAssembly', features: detectKernelFeatures() },
  { way: 'in WebAssembly without relaxed SIMD', features: { simd: true, relaxedSimd: false } },
  { way: 'in plain JavaScript', features: { simd: false, relaxedSimd: false } },
]
const cases = ways.flatMap(({ way, features }) => Object.keys(chains).map((key) => ({ way, features, key })))

function answer(model: KernelModel, rows: readonly Float64Array[], rawWidth: number): Float32Array {
  const [{ length: width }] = rows
  const values = Float64Array.from(rows.flatMap((row) => [...row]))
  const raw = { name: 'raw', width: rawWidth, values: new Float32Array(rows.length * rawWidth).fill(-77) }
  void model.run([{ name: rowSlabName, width, values }], rows.length, [raw])
  return raw.values
}

/** Numbers only, so that each row has an answer. */
function plainRows(graph: RegionGraph, rowCount: number): Float64Array[] {
  return randomRows(random, graph, rowCount).map((row) => row.map((value) => (Number.isNaN(value) ? 0.25 : value)))
}

describe.each(cases)('$key $way', ({ features, key }) => {
  const artifact = artifactOf(chains[key], float32)
  const graph = storedGraph(artifact)
  const width = graph.output.length
  const load = () => createKernelBackend(features).load(artifact)

  test.each([3.5e39, 1e300, Infinity, -Infinity])(
    'has no answer for a row with %s, and its neighbours have',
    async (spoiler) => {
      const model = await load()
      for (const [rowCount, bad] of [
        [1, 0],
        [3, 1],
        [16, 15],
        [40, 0],
        [40, 17],
        [300, 299],
      ]) {
        const rows = plainRows(graph, rowCount)
        rows[bad][rows[bad].length - 1] = spoiler
        const raw = answer(model, rows, width)
        rows.forEach((row, i) => {
          const got = raw.subarray(i * width, (i + 1) * width)
          if (i === bad) return expect([...got]).toEqual(new Array<number>(width).fill(NaN))
          const bound = roundingBound(graph, row)
          interpret(graph, row).forEach((value, k) => expect(Math.abs(got[k] - value)).toBeLessThanOrEqual(bound[k]))
        })
      }
    },
  )

  test('answers a batch with the same bits whatever stood in its memory before', async () => {
    const model = await load()
    const rows = plainRows(graph, 21)
    const clean = answer(model, rows, width)
    for (const spoiler of [NaN, Infinity, 1e300]) {
      answer(model, new Array<Float64Array>(40).fill(new Float64Array(rows[0].length).fill(spoiler)), width)
      for (const rowCount of [1, 2, 5, 21])
        expect(answer(model, rows.slice(0, rowCount), width)).toEqual(clean.subarray(0, rowCount * width))
    }
  })
})

test('says which row of a loaded model left the range of float32', async () => {
  const graph = chains['scaled columns through layers']
  const files = artifactFiles(graph, { ...float32, checkRows: plainRows(graph, 5) })
  const model = await loadModel(files, { backend: 'kernel', caching: false })
  const rows = plainRows(graph, 9).map((row) => Object.fromEntries([...row].map((value, i) => [`f${i}`, value])))
  rows[4] = { ...rows[4], f2: 1e300 }
  const answers = await model.predictBatch(rows)
  expect(answers[4]).toMatchObject({
    code: 'EXECUTION_FAILED',
    message: expect.stringMatching(/computes in float32, and a value of the row is beyond its range/) as string,
  })
  await expect(model.predict(rows[4])).rejects.toMatchObject({ code: 'EXECUTION_FAILED' })
  for (const [i, one] of answers.entries()) if (i !== 4) expect(one).not.toBeInstanceOf(Error)
  await model.close()
})

test('says which row of a loaded model has a step that gives NaN', async () => {
  const at = (region: number) => [{ region, column: 0 }]
  const graph: RegionGraph = {
    regions: [
      { kind: 'input', width: 1 },
      { kind: 'map', inputs: at(0), functions: [{ name: 'log', settings: [] }] },
    ],
    output: at(1),
  }
  const files = artifactFiles(graph, { ...float32, checkRows: [Float64Array.of(2)] })
  const model = await loadModel(files, { backend: 'kernel', caching: false })
  const [one, none] = await model.predictBatch([[1], [-1]])
  expect(one).toMatchObject({ value: 0 })
  expect(none).toMatchObject({
    code: 'EXECUTION_FAILED',
    message: expect.stringMatching(/a step of it gives NaN/) as string,
  })
  await model.close()
})

describe('memory', () => {
  const mebibyte = 2 ** 20
  const wide: readonly (readonly [string, () => RegionGraph, number])[] = [
    ['trees over 5,000 columns', () => randomEnsemble(random, { trees: 50, depth: 5, features: 5000 }), 4],
    ['layers over 5,000 columns', () => randomChain(random, [5000, 8, 1], 'relu'), 4],
    ['a one-hot block of 50,000 columns', () => oneHot(50_000), 8],
  ]
  test.each(wide)('%s take a few blocks of it', async (_, graphOf, most) => {
    const artifact = artifactOf(graphOf())
    const model = await createKernelBackend().load(artifact)
    expect(model.program.byteLength).toBeLessThan(most * mebibyte)
    const graph = storedGraph(artifact)
    const rows = plainRows(graph, 33)
    const raw = answer(model, rows, 1)
    rows.forEach((row, i) => {
      expect(Math.abs(raw[i] - interpret(graph, row)[0])).toBeLessThanOrEqual(roundingBound(graph, row)[0])
    })
    model.dispose()
  })
})

/** A feature of so many values, a column each, and a linear model of them. */
function oneHot(width: number): RegionGraph {
  const keys = Array.from({ length: width }, (_, key) => key)
  const chain = randomChain(random, [width, 1], 'identity').regions[3]
  if (chain.kind !== 'dense-chain') throw new Error('no chain')
  return {
    regions: [
      { kind: 'input', width: 1 },
      {
        kind: 'one-hot',
        inputs: [{ region: 0, column: 0 }],
        columns: [{ keys, slots: keys, width, unknownSlot: -1 }],
      },
      { ...chain, inputs: keys.map((column) => ({ region: 1, column })) },
    ],
    output: [{ region: 2, column: 0 }],
  }
}

test('counts models, tells them from graphs, and refuses runs of disposed ones', async () => {
  const backend = createKernelBackend()
  const artifact = artifactOf(chains['rows through one layer'])
  const models = [await backend.load(artifact), await backend.load(artifact)]
  expect(await backend.tensorCount()).toBe(2)
  expect(models.every(isKernelModel)).toBe(true)
  models[0].dispose()
  models[0].dispose()
  expect(await backend.tensorCount()).toBe(1)
  expect(() => answer(models[0], plainRows(chains['rows through one layer'], 2), 1)).toThrow(/was disposed/)
  expect(answer(models[1], plainRows(chains['rows through one layer'], 2), 1)).toHaveLength(2)
})

test('says OUT_OF_MEMORY where the realm has no room for a model', async () => {
  const Memory = class {
    constructor() {
      throw new RangeError('could not allocate memory')
    }
  }
  const backend = createKernelBackend({ simd: true, relaxedSimd: false })
  vi.stubGlobal('WebAssembly', { Memory })
  onTestFinished(() => void vi.unstubAllGlobals())
  await expect(backend.load(artifactOf(chains['rows through one layer']))).rejects.toMatchObject({
    code: 'OUT_OF_MEMORY',
  })
  expect(await backend.tensorCount()).toBe(0)
})
