// Which models a kernel computes, and the reason that it gives for the others.
import { expect, test } from 'vitest'
import type { GraphInput } from '../../../src/artifact/metadata.ts'
import { planKernel } from '../../../src/backend/kernel/kernel-plan.ts'
import type { Region, RegionGraph } from '../../../src/regions/region.ts'
import { createRandom, randomChain, randomEnsemble } from '../../helpers/random-regions.ts'

const random = createRandom(3)
const trees = randomEnsemble(random, { trees: 3, depth: 2, features: 3, leafWidth: 2 })
const chain = randomChain(random, [3, 4, 2], 'relu')
const inputs: readonly GraphInput[] = [{ name: 'features', width: 3, region: 2 }]

function withRegion(graph: RegionGraph, index: number, change: Partial<Region>): RegionGraph {
  return { ...graph, regions: graph.regions.map((one, i) => (i === index ? ({ ...one, ...change } as Region) : one)) }
}

const takes: readonly { readonly kind: string; readonly graph: RegionGraph; readonly given: readonly GraphInput[] }[] =
  [
    { kind: 'trees', graph: trees, given: inputs },
    { kind: 'dense', graph: chain, given: inputs },
    { kind: 'columns', graph: chain, given: [{ name: 'features', width: 2, region: -1 }] },
  ]
test.each(takes)('takes $kind', ({ kind, graph, given }) => {
  expect(planKernel(graph, { inputs: given }).kind).toBe(kind)
})

const twoRanks: RegionGraph = {
  ...trees,
  regions: [...trees.regions.slice(0, 2), trees.regions[1], trees.regions[2]],
  output: trees.output.map(({ column }) => ({ region: 3, column })),
}
const refusals: readonly (readonly [string, RegionGraph, RegExp])[] = [
  ['swapped columns', { ...chain, output: chain.output.toReversed() }, /not those of one region in their order/],
  ['some of the columns', { ...chain, output: chain.output.slice(0, 1) }, /not those of one region in their order/],
  [
    'columns of two regions',
    { ...chain, output: [chain.output[0], { region: 2, column: 1 }] },
    /not those of one region in their order/,
  ],
  ['columns of a region that is no model', { ...chain, output: [{ region: 2, column: 0 }] }, /in their order/],
  ['an ensemble without columns', withRegion(trees, 2, { inputs: [] }), /read other columns than those of one ranks/],
  [
    'an ensemble over plain columns',
    withRegion(trees, 2, { inputs: [0, 1, 2].map((column) => ({ region: 0, column })) }),
    /read other columns than those of one ranks/,
  ],
  [
    'an ensemble over two ranks regions',
    withRegion(twoRanks, 3, { inputs: [0, 1, 2].map((column) => ({ region: 1 + (column % 2), column })) }),
    /read other columns than those of one ranks/,
  ],
]

test.each(refusals)('leaves %s to the graph', (_, graph, reason) => {
  const message = expect.stringMatching(reason) as string
  expect(() => planKernel(graph, { inputs })).toThrow(expect.objectContaining({ code: 'UNSUPPORTED', message }))
})
