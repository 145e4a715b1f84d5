// Graphs that are right pass; each wrong table is named with its region and field.
import { expect, test } from 'vitest'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { verifyRegions } from '../../src/regions/verify.ts'
import { createRandom, randomChain, randomEnsemble } from '../helpers/random-regions.ts'

const trees = randomEnsemble(createRandom(1), { trees: 3, depth: 2, features: 3, leafChance: 0 })
const chain = randomChain(createRandom(2), [2, 3, 1], 'relu')

test('accepts graphs that are right', () => {
  verifyRegions(trees)
  verifyRegions(chain)
})

function withRegion(graph: RegionGraph, index: number, change: Record<string, unknown>): RegionGraph {
  const regions = graph.regions.map((region, i) => (i === index ? ({ ...region, ...change } as Region) : region))
  return { ...graph, regions }
}

const ensemble = trees.regions[2] as TreeEnsemble

/** A copy of a table with one entry changed. */
function changed(table: Int32Array, at: number, value: number): Int32Array {
  const copy = table.slice()
  copy[at] = value
  return copy
}

const tree = (change: Record<string, unknown>) => withRegion(trees, 2, change)
const ref = (region: number, column: number) => [{ region, column }]
const nan = Float64Array.of(NaN)

const wrong: readonly (readonly [string, RegExp, RegionGraph])[] = [
  ['no regions', /regions/, { regions: [], output: [] }],
  ['no output', /output/, { ...trees, output: [] }],
  ['an output of no region', /output/, { ...trees, output: ref(9, 0) }],
  ['an output beyond the columns', /output/, { ...trees, output: ref(2, 7) }],
  ['a fraction as a column', /output/, { ...trees, output: ref(2, 0.5) }],
  ['a second input', /region 1 .*kind/, withRegion(trees, 1, { kind: 'input', width: 2 })],
  ['an input of no width', /region 0 .*width/, withRegion(trees, 0, { width: 0 })],
  [
    'a region that reads itself',
    /region 1 .*inputs/,
    withRegion(trees, 1, { inputs: [...ref(1, 0), ...ref(0, 0), ...ref(0, 0)] }),
  ],
  ['trees that read a row', /region 2 .*inputs/, tree({ inputs: [...ref(0, 0), ...ref(1, 0), ...ref(1, 0)] })],
  ['players of other columns than there are', /region 1 .*players/, withRegion(trees, 1, { players: [0, 1] })],
  ['a player that is no number of a column', /region 1 .*players/, withRegion(trees, 1, { players: [0, 0.5, 2] })],
  ['trees that read nothing', /region 2 .*inputs/, tree({ inputs: [] })],
  ['a right child before its node', /region 2 .*jump/, tree({ jump: changed(ensemble.jump, 0, -1) })],
  ['a right child that is the left one', /region 2 .*jump/, tree({ jump: changed(ensemble.jump, 0, 1) })],
  ['a right child in the next tree', /region 2 .*jump/, tree({ jump: changed(ensemble.jump, 0, 8) })],
  ['a right child inside the left subtree', /region 2 .*jump/, tree({ jump: changed(ensemble.jump, 0, 3) })],
  ['a tree with nodes to spare', /region 2 .*jump/, tree({ jump: changed(ensemble.jump, 0, 0) })],
  ['tree starts that stand still', /treeStart/, tree({ treeStart: Int32Array.of(0, 14, 14, 21) })],
  ['tree starts beyond the nodes', /treeStart/, tree({ treeStart: Int32Array.of(0, 7, 99, 21) })],
  ['no trees', /treeStart/, tree({ treeStart: Int32Array.of(0), jump: new Int32Array(0) })],
  ['a column that is not there', /column/, tree({ column: changed(ensemble.column, 0, 3) })],
  ['a rank beyond the flip points', /rank/, tree({ rank: changed(ensemble.rank, 0, 6) })],
  ['a short table', /rank/, tree({ rank: new Int32Array(2) })],
  ['a leaf that is no number', /leafValues/, tree({ leafValues: Float64Array.from(ensemble.leafValues, () => NaN) })],
  ['too few leaves', /leafValues/, tree({ leafValues: new Float64Array(3) })],
  ['cover of another length', /cover/, tree({ cover: new Float64Array(3) })],
  ['a base of another width', /base/, tree({ base: new Float64Array(2) })],
  ['an output that no tree can add to', /treeOutput/, tree({ treeOutput: Int32Array.of(0, 1, 0) })],
  ['a leaf width that is not the output width', /leafWidth/, tree({ outputWidth: 2, base: new Float64Array(2) })],
  ['flip points that fall', /flipPoints/, withRegion(trees, 1, { columns: rankColumns([2, 1]) })],
  ['a flip point that is NaN', /flipPoints/, withRegion(trees, 1, { columns: rankColumns([NaN]) })],
  ['a matrix of another size', /layers\.0\.weights/, withRegion(chain, 3, { layers: layers({ weights: nan }) })],
  ['a bias that is NaN', /layers\.1\.bias/, withRegion(chain, 3, { layers: layers({}, { bias: nan }) })],
  ['layers that do not meet', /layers\.1\.inputWidth/, withRegion(chain, 3, { layers: layers({}, { inputWidth: 2 }) })],
  ['no layers', /layers/, withRegion(chain, 3, { layers: [] })],
  ['imputed values for other columns', /fill/, withRegion(chain, 1, { fill: [1] })],
  ['a clip turned around', /clip/, withRegion(chain, 2, { clip: [1, 0] })],
]

function rankColumns(flipPoints: readonly number[]) {
  return [0, 1, 2].map(() => ({
    kind: 'rank',
    flipPoints: Float64Array.from(flipPoints),
    missingValue: NaN,
    missing: 'lowest',
  }))
}

function layers(...changes: readonly Record<string, unknown>[]): unknown {
  const region = chain.regions[3]
  return region.kind === 'dense-chain' ? region.layers.map((layer, i) => ({ ...layer, ...changes[i] })) : []
}

test.each(wrong)('refuses %s', (_, message, graph) => {
  expect(() => verifyRegions(graph)).toThrow(expect.objectContaining({ code: 'VALIDATION_FAILED' }))
  expect(() => verifyRegions(graph)).toThrow(message)
})

test('takes a tree of a hundred thousand levels without running out of stack', () => {
  const depth = 100_000
  const jump = new Int32Array(2 * depth + 1)
  for (let node = 0; node < depth; node++) jump[node] = 2 * (depth - node)
  const leaves = depth + 1
  const tables = {
    jump,
    column: new Int32Array(jump.length),
    rank: new Int32Array(jump.length),
    cover: new Float64Array(0),
  }
  const graph = tree({ ...tables, treeStart: Int32Array.of(0, jump.length), leafValues: new Float64Array(leaves) })
  verifyRegions(graph)
})
