// Graphs stored and restored answer the same, in JSON that stays small and keeps every double.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeTensor } from '../../src/artifact/encode-tensor.ts'
import { interpret } from '../../src/regions/interpret.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import { restoreRegions, storeRegions } from '../../src/regions/store.ts'
import type { StoredRegions } from '../../src/regions/stored-shape.ts'
import { verifyRegions } from '../../src/regions/verify.ts'
import {
  createRandom,
  type EnsembleOptions,
  randomChain,
  randomEnsemble,
  randomRows,
  withLeafBooks,
} from '../helpers/random-regions.ts'

/** Stored, through JSON text and unquantized float64, and restored. */
function roundTrip(graph: RegionGraph, denseScale: 'column' | 'none' = 'none') {
  const { stored, tensors } = storeRegions(graph, { denseScale })
  const json: unknown = JSON.parse(JSON.stringify(stored))
  return { restored: restoreRegions(json, new Map(tensors.map(({ name, values }) => [name, values]))), stored, tensors }
}

function layoutOf(stored: StoredRegions): string | undefined {
  const trees = stored.regions.find((region) => region.kind === 'tree-ensemble')
  return trees?.kind === 'tree-ensemble' ? trees.layout : undefined
}

const ensembles = fc.record({
  seed: fc.nat(),
  trees: fc.integer({ min: 1, max: 12 }),
  depth: fc.integer({ min: 0, max: 8 }),
  features: fc.integer({ min: 1, max: 5 }),
  leafChance: fc.constantFrom(0, 0.1, 0.4),
  leafWidth: fc.constantFrom(1, 1, 3),
  aggregate: fc.constantFrom('sum' as const, 'mean' as const),
  hasCover: fc.boolean(),
  isPerOutput: fc.boolean(),
})

test('gives random ensembles back, tables and answers, in both layouts', () => {
  const layouts = new Set<string | undefined>()
  fc.assert(
    fc.property(ensembles, ({ seed, isPerOutput, ...options }) => {
      const random = createRandom(seed)
      const graph = randomEnsemble(random, isPerOutput ? { ...options, leafWidth: 1, outputWidth: 3 } : options)
      const { restored, stored } = roundTrip(graph)
      layouts.add(layoutOf(stored))
      verifyRegions(restored)
      expect(restored).toEqual(graph)
      for (const row of randomRows(random, graph, 4)) expect(interpret(restored, row)).toEqual(interpret(graph, row))
    }),
    { numRuns: 150 },
  )
  expect(layouts).toEqual(new Set(['complete', 'preorder']))
})

test('gives leaves of code books back, and refuses codes that a book does not have', () => {
  fc.assert(
    fc.property(ensembles, fc.integer({ min: 1, max: 300 }), fc.boolean(), ({ seed, ...options }, entries, isOne) => {
      const source = randomEnsemble(createRandom(seed), { ...options, depth: Math.min(options.depth, 4) })
      const { graph, leafBooks } = withLeafBooks(source, { entries, bookCount: isOne ? 'one' : 'one a column' })
      const { stored, tensors } = storeRegions(graph, { leafBooks })
      const encoded = tensors.map((tensor) => encodeTensor(tensor))
      const decoded = new Map(encoded.map(({ spec, decoded: values }) => [spec.name, values]))
      const { record } = encoded.find(({ spec }) => spec.name === 'trees2/leaf')!
      expect(record.encoding).toBe(Math.max(...decoded.get('trees2/leaf')!) > 255 ? 'uint16' : 'uint8')
      const restored = restoreRegions(JSON.parse(JSON.stringify(stored)), decoded)
      verifyRegions(restored)
      expect(restored).toEqual(graph)
      const last = decoded.get('trees2/leaf')!
      last[last.length - 1] = 1e3
      expect(() => restoreRegions(stored, decoded)).toThrow(
        expect.objectContaining({ code: 'VALIDATION_FAILED', message: expect.stringContaining('got 1000') as string }),
      )
    }),
    { numRuns: 60 },
  )
})

test('gives random dense chains back', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.constantFrom('relu' as const, 'tanh' as const, 'logistic' as const),
      (seed, activation) => {
        const graph = randomChain(createRandom(seed), [3, 4, 2], activation)
        expect(roundTrip(graph).restored).toEqual(graph)
      },
    ),
    { numRuns: 30 },
  )
})

test('gives a matrix back that was cut into parts of some rows each', () => {
  const graph = randomChain(createRandom(7), [6, 5, 2], 'relu')
  const denseParts = new Map([[3, [[2, 1, 3], [5]]]])
  const { stored, tensors } = storeRegions(graph, { denseScale: 'none', denseParts })
  expect(tensors.filter(({ role }) => role === 'dense').map(({ name, shape }) => [name, shape])).toEqual([
    ['dense3/0/weights/0', [2, 5]],
    ['dense3/0/weights/1', [1, 5]],
    ['dense3/0/weights/2', [3, 5]],
    ['dense3/1/weights', [5, 2]],
  ])
  const values = new Map(tensors.map((tensor) => [tensor.name, tensor.values]))
  const json = JSON.parse(JSON.stringify(stored)) as StoredRegions
  expect(restoreRegions(json, values)).toEqual(graph)
  const [, , , chain] = json.regions
  if (chain.kind !== 'dense-chain') throw new RangeError('no dense chain')
  chain.layers[0].parts = [2, 1]
  expect(() => restoreRegions(json, values)).toThrow(/6 rows together, got 3/)
})

test('scales the columns of a weight matrix into [−1, 1] and back within a rounding', () => {
  const graph = randomChain(createRandom(5), [6, 5, 2], 'relu')
  const { restored, tensors } = roundTrip(graph, 'column')
  const weights = tensors.filter(({ role }) => role === 'dense')
  for (const { values } of weights) for (const value of values) expect(Math.abs(value)).toBeLessThanOrEqual(1)
  const [before, after] = [graph, restored].map(({ regions }) => regions[3])
  if (before.kind !== 'dense-chain' || after.kind !== 'dense-chain') throw new RangeError('no dense chain')
  before.layers.forEach((layer, i) =>
    layer.weights.forEach((weight, at) =>
      expect(Math.abs(after.layers[i].weights[at] - weight)).toBeLessThanOrEqual(Math.abs(weight) * 2 ** -52),
    ),
  )
})

test('keeps a column of zeros and the doubles that JSON lacks', () => {
  const refs = Array.from({ length: 4 }, (_, column) => ({ region: 0, column }))
  const graph: RegionGraph = {
    regions: [
      { kind: 'input', width: 4 },
      { kind: 'impute', inputs: refs, missing: [NaN, -1, NaN, NaN], fill: [-0, Infinity, -Infinity, 0.1] },
      { kind: 'indicator', inputs: refs, missing: [NaN, NaN, NaN, NaN] },
      {
        kind: 'scale',
        inputs: refs,
        form: 'multiply-add',
        first: [1, 2, 3, 4],
        second: [0, 0, 0, 0],
        clip: [-0, Infinity],
      },
      {
        kind: 'one-hot',
        inputs: refs.slice(0, 1),
        columns: [{ keys: [0, 1, 2, NaN], slots: [0, 1, -1, 2], width: 3, unknownSlot: -1 }],
      },
      { kind: 'ordinal', inputs: refs.slice(1, 2), columns: [{ keys: [7, -0], values: [NaN, 1], unknownValue: NaN }] },
      {
        kind: 'dense-chain',
        inputs: [
          { region: 4, column: 2 },
          { region: 5, column: 0 },
        ],
        layers: [
          {
            inputWidth: 2,
            outputWidth: 2,
            weights: Float64Array.of(0, 1, 0, -3),
            bias: Float64Array.of(0, 1),
            activation: 'identity',
          },
        ],
      },
    ],
    output: [
      { region: 6, column: 1 },
      { region: 6, column: 0 },
    ],
  }
  verifyRegions(graph)
  expect(roundTrip(graph).restored).toEqual(graph)
  expect(roundTrip(graph, 'column').restored).toEqual(graph)
})

test('keeps flip points bit for bit, ±Infinity and missing sentinels included', () => {
  const graph: RegionGraph = {
    regions: [
      { kind: 'input', width: 2 },
      {
        kind: 'ranks',
        inputs: [
          { region: 0, column: 0 },
          { region: 0, column: 1 },
        ],
        columns: [
          {
            kind: 'rank',
            flipPoints: Float64Array.of(-Infinity, -0, 0.1, Infinity),
            missingValue: -999,
            missing: 'highest',
          },
          { kind: 'rank', flipPoints: new Float64Array(0), missingValue: NaN, missing: 'lowest' },
        ],
      },
    ],
    output: [{ region: 1, column: 0 }],
  }
  const { stored, tensors } = storeRegions(graph)
  const encoded = tensors.map((tensor) => encodeTensor(tensor))
  const restored = restoreRegions(stored, new Map(encoded.map(({ spec, decoded }) => [spec.name, decoded])))
  expect(restored).toEqual(graph)
})

const sizes: readonly (readonly [string, EnsembleOptions])[] = [
  ['100 trees of depth 3', { trees: 100, depth: 3, features: 20, leafChance: 0.02, flipPoints: 15 }],
  ['60 deep trees', { trees: 60, depth: 20, features: 20, leafChance: 0.25, flipPoints: 250 }],
  [
    '60 deep trees of 3 classes',
    { trees: 60, depth: 20, features: 20, leafChance: 0.25, leafWidth: 3, flipPoints: 250 },
  ],
  ['30 sparse trees of depth 6', { trees: 30, depth: 6, features: 20, leafChance: 0.3, flipPoints: 20 }],
]

test.each(sizes)('takes at most 0.55 of 16 bytes a node and 4 a leaf value: %s', (_, options) => {
  const graph = randomEnsemble(createRandom(11), options)
  const trees = graph.regions[2]
  if (trees.kind !== 'tree-ensemble') throw new RangeError('no trees')
  const { stored, tensors } = storeRegions(graph)
  const bytes = tensors.reduce((sum, tensor) => {
    const isFloat = tensor.role === 'leaf' || tensor.role === 'cover'
    const choice = isFloat
      ? ({ encoding: tensor.role === 'leaf' ? 'uint8' : 'uint16', scale: 1, min: 0 } as const)
      : undefined
    return sum + encodeTensor(tensor, choice).bytes.length
  }, JSON.stringify(stored).length)
  expect(bytes).toBeLessThanOrEqual(0.55 * (trees.jump.length * 16 + trees.leafValues.length * 4))
})

test('refuses to store trees that were not folded', () => {
  const ensemble = randomEnsemble(createRandom(1), { trees: 1, depth: 1, features: 1 }).regions[2]
  if (ensemble.kind !== 'tree-ensemble') throw new RangeError('no trees')
  const split = {
    ...ensemble,
    kind: 'split-trees',
    inputs: [{ region: 0, column: 0 }],
    precision: 'float32',
    feature: ensemble.column,
    threshold: new Float64Array(ensemble.jump.length),
    missingLeft: new Uint8Array(ensemble.jump.length),
    categorySet: new Int32Array(ensemble.jump.length).fill(-1),
    categorySets: [],
  } as const
  const graph: RegionGraph = { regions: [{ kind: 'input', width: 1 }, split], output: [{ region: 1, column: 0 }] }
  expect(() => storeRegions(graph)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})

const malformed: readonly (readonly [string, unknown])[] = [
  ['nothing', undefined],
  ['a region of no kind', { regions: [{ kind: 'magic' }], output: [] }],
  ['a region with a foreign field', { regions: [{ kind: 'input', width: 1, depth: 2 }], output: [] }],
  ['a run of two numbers', { regions: [{ kind: 'input', width: 1 }], output: [0, 0] }],
  ['a number as text', { regions: [{ kind: 'impute', inputs: [], missing: ['1'], fill: [] }], output: [] }],
]

test.each(malformed)('refuses %s', (_, stored) => {
  expect(() => restoreRegions(stored, new Map())).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
})

test('names a tensor that is missing', () => {
  const { stored } = storeRegions(randomEnsemble(createRandom(2), { trees: 2, depth: 2, features: 2 }))
  expect(() => restoreRegions(stored, new Map())).toThrow(/ranks1\/flip-points/)
})
