// TreeSHAP against Shapley values by the definition, on random trees of all kinds.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTreeShap, type TreeShap, type TreeShapRow } from '../../src/explain/tree-shap.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { interpret, interpretInputs } from '../../src/regions/interpret.ts'
import { createRandom, randomEnsemble, randomRows } from '../helpers/random-regions.ts'
import { pathShapleyByDefinition } from './brute-force-shapley.ts'

function treesOf(graph: RegionGraph): TreeEnsemble {
  const trees = graph.regions[2]
  if (trees.kind !== 'tree-ensemble') throw new TypeError('no trees')
  return trees
}

function addAll(shap: TreeShap, values: Float64Array, row: TreeShapRow): void {
  for (let tree = 0; tree < shap.treeCount; tree++) shap.addTree(values, tree, row)
}

const ensembles = fc.record({
  seed: fc.nat(),
  trees: fc.integer({ min: 1, max: 4 }),
  depth: fc.integer({ min: 0, max: 6 }),
  features: fc.integer({ min: 1, max: 7 }),
  leafChance: fc.constantFrom(0, 0.1, 0.4),
  leafWidth: fc.constantFrom(1, 3),
  aggregate: fc.constantFrom('sum' as const, 'mean' as const),
  isPerOutput: fc.boolean(),
  /** Columns that belong to one player: every column one, or every two or three. */
  columnsAPlayer: fc.constantFrom(1, 1, 2, 3),
})

describe('TreeSHAP', () => {
  it('gives the Shapley values of the definition, whatever the trees', () => {
    let most = 0
    fc.assert(
      fc.property(ensembles, ({ seed, isPerOutput, columnsAPlayer, ...options }) => {
        const random = createRandom(seed)
        const graph = randomEnsemble(random, isPerOutput ? { ...options, leafWidth: 1, outputWidth: 3 } : options)
        const trees = treesOf(graph)
        const playerOf = Int32Array.from(trees.inputs, (_, column) => Math.floor(column / columnsAPlayer))
        const shap = createTreeShap(trees, playerOf)
        const output = trees.outputWidth - 1
        for (const row of randomRows(random, graph, 3)) {
          const ranks = interpretInputs(graph, row, 2)
          const expected = pathShapleyByDefinition({
            layout: trees,
            output,
            playerAt: (node) => playerOf[trees.column[node]],
            goesRight: (node) => ranks[trees.column[node]] > trees.rank[node],
          })
          most = Math.max(most, expected.mostPlayers)
          const values = new Float64Array(options.features)
          addAll(shap, values, { ranks, output })
          values.forEach((value, player) => expect(value).toBeCloseTo(expected.contributions.get(player) ?? 0, 12))
          expect(shap.base(output)).toBeCloseTo(expected.base, 12)
        }
      }),
      { numRuns: 150 },
    )
    // random trees are large enough to tell
    expect(most).toBeGreaterThanOrEqual(5)
  })

  it('adds up to the raw output less the base, for deep trees of many players too', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 8, max: 13 }),
        fc.integer({ min: 10, max: 40 }),
        (seed, depth, features) => {
          const random = createRandom(seed)
          const graph = randomEnsemble(random, { trees: 2, depth, features, leafWidth: 2, leafChance: 0.15 })
          const shap = createTreeShap(
            treesOf(graph),
            Int32Array.from({ length: features }, (_, i) => i),
          )
          for (const row of randomRows(random, graph, 2))
            for (const output of [0, 1]) {
              const values = new Float64Array(features)
              addAll(shap, values, { ranks: interpretInputs(graph, row, 2), output })
              const sum = values.reduce((total, value) => total + value, shap.base(output))
              expect(sum).toBeCloseTo(interpret(graph, row)[output], 11)
            }
        },
      ),
      { numRuns: 25 },
    )
  })

  it('is exact to the last digits on one path of sixty players', () => {
    const trees = chainOfPlayers(60)
    const shap = createTreeShap(
      trees,
      Int32Array.from({ length: 60 }, (_, i) => i),
    )
    const values = new Float64Array(60)
    addAll(shap, values, { ranks: new Float64Array(60), output: 0 })
    // all sixty tests halve the cover and the row passes them all: the players are alike, and share 1 − 2⁻⁶⁰
    for (const value of values) expect(value).toBeCloseTo((1 - 2 ** -60) / 60, 15)
  })

  it('stays finite where leaves had no training row', () => {
    const graph = randomEnsemble(createRandom(5), { trees: 3, depth: 4, features: 4, leafChance: 0 })
    const trees = treesOf(graph)
    const cover = trees.cover.map((count, leaf) => (leaf % 3 === 0 || leaf < 8 ? 0 : count))
    const shap = createTreeShap({ ...trees, cover }, Int32Array.of(0, 1, 2, 3))
    for (const row of randomRows(createRandom(6), graph, 40)) {
      const values = new Float64Array(4)
      addAll(shap, values, { ranks: interpretInputs(graph, row, 2), output: 0 })
      const sum = values.reduce((total, value) => total + value, shap.base(0))
      expect(sum).toBeCloseTo(interpret(graph, row)[0], 12)
    }
  })

  it('gives nothing to players where every tree is one leaf', () => {
    const graph = randomEnsemble(createRandom(7), { trees: 3, depth: 0, features: 2 })
    const shap = createTreeShap(treesOf(graph), Int32Array.of(0, 1))
    const values = new Float64Array(2)
    addAll(shap, values, { ranks: Float64Array.of(0, 0), output: 0 })
    expect(values).toEqual(Float64Array.of(0, 0))
    expect(shap.base(0)).toBeCloseTo(interpret(graph, [0, 0])[0], 14)
  })

  it('refuses trees of a thousand levels before it works on them', () => {
    const trees = chainOfPlayers(1025)
    expect(() => createTreeShap(trees, new Int32Array(1025))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringContaining('max_depth') as unknown }),
    )
  })
})

/** One path: each node's left child tests the next player, and each right one is a leaf of 0; the last leaf has 1. */
function chainOfPlayers(count: number): TreeEnsemble {
  const nodes = 2 * count + 1
  // in preorder: the path, its last leaf, then the right leaves from the innermost to the outermost
  const jump = Int32Array.from({ length: nodes }, (_, node) => (node < count ? nodes - 1 - 2 * node : 0))
  const leaves = count + 1
  return {
    kind: 'tree-ensemble',
    inputs: Array.from({ length: count }, (_, column) => ({ region: 1, column })),
    treeStart: Int32Array.of(0, nodes),
    jump,
    column: Int32Array.from({ length: nodes }, (_, node) => (node < count ? node : 0)),
    rank: new Int32Array(nodes),
    leafWidth: 1,
    leafValues: Float64Array.from({ length: leaves }, (_, leaf) => (leaf === 0 ? 1 : 0)),
    cover: Float64Array.from({ length: leaves }, (_, leaf) => (leaf === 0 ? 1 : 2 ** (leaf - 1))),
    outputWidth: 1,
    treeOutput: new Int32Array(0),
    aggregate: 'sum',
    base: Float64Array.of(0),
  }
}
