// The portable graph as a stock TensorFlow.js user sees it, and what it must never contain.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Head } from '../../../src/artifact/head.ts'
import type { GraphNode } from '../../../src/backend/graph/graph-nodes.ts'
import { readGraphNodes } from '../../../src/backend/graph/graph-nodes.ts'
import { portableOps } from '../../../src/backend/graph/graph-shapes.ts'
import { cpuEngine } from '../../../src/backend/tfjs/cpu.ts'
import { openTfjs, type TfjsLibrary } from '../../../src/backend/tfjs/tfjs-library.ts'
import { wasmEngine } from '../../../src/backend/tfjs/wasm.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { RegionGraph } from '../../../src/regions/region.ts'
import { storeRegions } from '../../../src/regions/store.ts'
import { toGraph } from '../../../converters/graph/to-graph.ts'
import {
  artifactOf,
  createRandom,
  randomChain,
  randomEnsemble,
  randomRows,
  storedGraph,
  withLeafBooks,
} from '../../helpers/random-regions.ts'
import { slabsOf } from '../../suites/backend-contract.ts'

const random = createRandom(31)
const classes = (count: number) => Array.from({ length: count }, (_, i) => `c${i}`)
const classifier = (
  link: 'identity' | 'sigmoid' | 'softmax' | 'ovr-sigmoid' | 'each-sigmoid',
  width: number,
  scale?: number,
): Head => ({
  kind: 'classifier',
  targets: [{ classes: classes(Math.max(2, width)), start: 0, width, link, ...(scale !== undefined && { scale }) }],
  hasScores: false,
})

const shallow = { trees: 6, depth: 3, features: 4 }
const deep = { trees: 4, depth: 10, features: 4, leafChance: 0.2 }
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

const heads: readonly (readonly [string, Head, RegionGraph, string, (raw: Float64Array) => number[]])[] = [
  [
    'a sigmoid',
    classifier('sigmoid', 1),
    randomEnsemble(random, shallow),
    'probabilities',
    ([x]) => [1 - sigmoid(x), sigmoid(x)],
  ],
  [
    'a scaled sigmoid',
    classifier('sigmoid', 1, 2.5),
    randomEnsemble(random, deep),
    'probabilities',
    ([x]) => [1 - sigmoid(2.5 * x), sigmoid(2.5 * x)],
  ],
  ['one probability', classifier('identity', 1), randomEnsemble(random, shallow), 'probabilities', ([x]) => [1 - x, x]],
  [
    'probabilities',
    classifier('identity', 3),
    randomEnsemble(random, { ...deep, leafWidth: 3, aggregate: 'mean' }),
    'probabilities',
    (raw) => [...raw],
  ],
  [
    'a softmax',
    classifier('softmax', 3),
    randomEnsemble(random, { ...shallow, outputWidth: 3 }),
    'probabilities',
    softmax,
  ],
  ['one against the rest', classifier('ovr-sigmoid', 3), randomChain(random, [4, 3], 'identity'), 'probabilities', ovr],
  [
    'classes by themselves',
    classifier('each-sigmoid', 3, 1.5),
    randomChain(random, [4, 3], 'identity'),
    'probabilities',
    (raw) => [...raw].map((value) => sigmoid(1.5 * value)),
  ],
  [
    'yes or no labels',
    { kind: 'multilabel', classes: ['a', 'b'] },
    randomChain(random, [4, 2], 'identity'),
    'probabilities',
    (raw) => [...raw].map(sigmoid),
  ],
  [
    'values',
    { kind: 'regressor', link: 'identity', targetCount: 2 },
    randomChain(random, [4, 2], 'tanh'),
    'value',
    (raw) => [...raw],
  ],
  [
    'an exponential',
    { kind: 'regressor', link: 'exp', targetCount: 1 },
    randomEnsemble(random, shallow),
    'value',
    ([x]) => [Math.exp(x)],
  ],
]

const treeModels = [
  ['one book of complete trees', withLeafBooks(randomEnsemble(random, shallow), { entries: 5, bookCount: 'one' })],
  [
    'complete trees, a book a column',
    withLeafBooks(randomEnsemble(random, { ...shallow, leafWidth: 3 }), { entries: 4, bookCount: 'one a column' }),
  ],
  [
    'complete trees with an output each',
    withLeafBooks(randomEnsemble(random, { ...shallow, outputWidth: 3 }), { entries: 9, bookCount: 'one' }),
  ],
  ['one book of deep trees', withLeafBooks(randomEnsemble(random, deep), { entries: 300, bookCount: 'one' })],
  [
    'deep trees, a book a column',
    withLeafBooks(randomEnsemble(random, { ...deep, leafWidth: 2 }), { entries: 7, bookCount: 'one a column' }),
  ],
  [
    'more inputs times trees than one matrix of zeros may have',
    {
      graph: randomEnsemble(createRandom(8), { trees: 120, depth: 10, features: 600, leafChance: 0.3 }),
      leafBooks: undefined,
    },
  ],
] as const

function softmax(raw: Float64Array): number[] {
  const powers = [...raw].map(Math.exp)
  const sum = powers.reduce((total, next) => total + next, 0)
  return powers.map((power) => power / sum)
}

function ovr(raw: Float64Array): number[] {
  const each = [...raw].map(sigmoid)
  const sum = each.reduce((total, next) => total + next, 0)
  return each.map((value) => value / sum)
}

describe.each([wasmEngine, cpuEngine])('stock TensorFlow.js on $name', (engine) => {
  let library: TfjsLibrary
  beforeAll(async () => {
    library = await openTfjs(engine)
  })

  test.each(heads)('gives raw and %s by execute', async (_, head, graph, output, expected) => {
    const artifact = artifactOf(graph, { head })
    const rows = randomRows(random, graph, 7)
    const { tf, loadGraphModelSync } = library
    await tf.setBackend(engine.registeredName)
    const model = loadGraphModelSync({
      ...artifact.modelJson,
      weightSpecs: artifact.modelJson.weightsManifest[0].weights,
      weightData: artifact.weightData,
    } as never)
    tf.tidy(() => {
      const [slab] = slabsOf(artifact, rows)
      const found = model.execute({ [slab.name]: tf.tensor2d(slab.values, [7, slab.width]) }, ['raw', output])
      const [raw, answer] = (found as unknown as { arraySync(): number[][] }[]).map((tensor) => tensor.arraySync())
      const restored = storedGraph(artifact)
      rows.forEach((row, i) => {
        const exact = interpret(restored, row)
        exact.forEach((value, k) => expect(raw[i][k]).toBeCloseTo(value, 5))
        expected(exact).forEach((value, k) => expect(answer[i][k]).toBeCloseTo(value, 5))
      })
    })
    expect(model.outputs.map((tensor) => tensor.name)).toEqual(['raw', output])
    model.dispose()
  })

  test.each(treeModels)('walks trees: %s', async (_, { graph, leafBooks }) => {
    const artifact = artifactOf(graph, { leafBooks })
    const rows = randomRows(random, graph, 7)
    const { tf, loadGraphModelSync } = library
    await tf.setBackend(engine.registeredName)
    const model = loadGraphModelSync({
      ...artifact.modelJson,
      weightSpecs: artifact.modelJson.weightsManifest[0].weights,
      weightData: artifact.weightData,
    } as never)
    tf.tidy(() => {
      const [slab] = slabsOf(artifact, rows)
      const found = model.execute({ [slab.name]: tf.tensor2d(slab.values, [7, slab.width]) }, 'raw')
      const raw = (found as unknown as { arraySync(): number[][] }).arraySync()
      const restored = storedGraph(artifact)
      rows.forEach((row, i) => interpret(restored, row).forEach((value, k) => expect(raw[i][k]).toBeCloseTo(value, 4)))
    })
    model.dispose()
  })
})

test('gives each of several targets an output of its own', () => {
  const head: Head = {
    kind: 'classifier',
    hasScores: false,
    targets: [
      { classes: ['a', 'b'], start: 0, width: 2, link: 'identity' },
      { classes: ['x', 'y', 'z'], start: 2, width: 3, link: 'identity' },
    ],
  }
  const graph = randomEnsemble(random, { ...shallow, leafWidth: 5 })
  const { signature } = artifactOf(graph, { head }).modelJson
  expect(Object.keys((signature as { outputs: object }).outputs)).toEqual(['raw', 'probabilities_0', 'probabilities_1'])
})

const everyGraph = heads.map(
  ([name, head, graph]) => [name, readGraphNodes(artifactOf(graph, { head }).modelJson.modelTopology)] as const,
)
const attribute = ({ attr }: GraphNode, key: string) => attr[key] as { b?: boolean; type?: string } | undefined

/** Kernels of TensorFlow.js 4.22 that give wrong numbers, and how one would see them in a graph. */
const wrongKernels: readonly (readonly [string, (node: GraphNode) => boolean])[] = [
  [
    'transposed products (wasm adds the bias once a block)',
    (node) =>
      /MatMul/.test(node.op) &&
      (attribute(node, 'transpose_a')?.b === true || attribute(node, 'transpose_b')?.b === true),
  ],
  ['batched products (wasm, the same)', ({ op }) => /BatchMatMul|Einsum/.test(op)],
  ['gathers with batch_dims (wasm mixes rows)', ({ op }) => /^Gather(V2)?$/.test(op)],
  [
    'one-hot of floats (wasm writes the bits of int32)',
    (node) => node.op === 'OneHot' && attribute(node, 'T')?.type !== 'DT_INT32',
  ],
  ['pooling of negatives (wasm starts from the least positive float)', ({ op }) => /Pool|Dilation/.test(op)],
  ['image transforms (cpu does only the first image)', ({ op }) => /Transform|CropAndResize/.test(op)],
  ['floor division (wasm and cpu disagree on the type)', ({ op }) => /FloorDiv|FloorMod/.test(op)],
  ['lower bounds and bit operations (not on every backend)', ({ op }) => /Bound|Bitwise/.test(op)],
  [
    'control flow and dynamic shapes (asynchronous)',
    ({ op }) => /While|If|Switch|Merge|Where|NonMax|HashTable/.test(op),
  ],
]

test.each(wrongKernels)('never contains %s', (_, isWrong) => {
  for (const [, nodes] of everyGraph) expect(nodes.filter(isWrong)).toEqual([])
})

test('multiplies by one-hot columns that wasm really holds as 0 and 1', async () => {
  const { tf } = await openTfjs(wasmEngine)
  await tf.setBackend('wasm')
  // What the graph avoids: the same call with dtype float32 gives denormals here.
  const wrong = tf.oneHot(tf.tensor1d([1], 'int32'), 2, 1, 0, 'float32')
  expect([...wrong.dataSync<'float32'>()]).not.toEqual([0, 1])
  wrong.dispose()
})

test('uses only operations that the backends accept', () => {
  for (const [, nodes] of everyGraph) for (const { op } of nodes) expect(portableOps).toContain(op)
})

test('names every input and output in the signature with its width', () => {
  const artifact = artifactOf(randomEnsemble(random, shallow))
  expect(artifact.modelJson.signature).toMatchObject({
    inputs: { ranks: { name: 'ranks:0', dtype: 'DT_FLOAT', tensorShape: { dim: [{ size: '-1' }, { size: '4' }] } } },
    outputs: { raw: { name: 'raw:0' }, value: { name: 'value:0' } },
  })
})

const readyGraphs: readonly (readonly [string, RegionGraph])[] = [
  ['some columns of a model', subset(randomChain(random, [3, 2], 'identity'))],
  ['columns of a model and of preprocessing', mixed(randomChain(random, [3, 1], 'identity'))],
]

function subset(graph: RegionGraph): RegionGraph {
  return { ...graph, output: graph.output.slice(1) }
}

function mixed(graph: RegionGraph): RegionGraph {
  return { ...graph, output: [...graph.output, { region: 0, column: 0 }] }
}

test.each(readyGraphs)('takes %s ready, as its input', (_, graph) => {
  const { stored, tensors } = storeRegions(graph)
  const head: Head = { kind: 'regressor', link: 'identity', targetCount: 1 }
  const { inputs } = toGraph({ graph, stored, tensors, head })
  expect(inputs).toEqual([{ name: 'features', width: graph.output.length, region: -1 }])
})

/** By the operations that only that form has: large graphs have no telling names. */
const forms: readonly (readonly [string, Parameters<typeof randomEnsemble>[1], (ops: Set<string>) => boolean])[] = [
  ['follows levels of shallow trees', { trees: 5, depth: 3, features: 4 }, (ops) => ops.has('SplitV')],
  [
    'tests every node of deep, sparse trees',
    { trees: 15, depth: 14, features: 5, leafChance: 0.5 },
    (ops) => ops.has('OneHot') && !ops.has('SplitV'),
  ],
  [
    'walks deep, full trees',
    { trees: 3, depth: 10, features: 5, leafChance: 0.05 },
    (ops) => ops.has('GatherNd') && !ops.has('OneHot'),
  ],
]

test.each(forms)('%s', (_, options, isForm) => {
  const nodes = readGraphNodes(artifactOf(randomEnsemble(createRandom(4), options)).modelJson.modelTopology)
  const ops = new Set(nodes.map(({ op }) => op))
  for (const [, , isOther] of forms) expect(isOther(ops)).toBe(isOther === isForm)
})
