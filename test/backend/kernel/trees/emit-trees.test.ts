// Every variant of every shape of ensemble gives the leaf that the reference gives, for every row.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emitTrees } from '../../../../src/backend/kernel/trees/emit-trees.ts'
import type { Ranks } from '../../../../src/regions/ranks.ts'
import { roundingBound } from '../../../../src/regions/rounding-bound.ts'
import { runTreeEnsemble, type TreeEnsemble } from '../../../../src/regions/tree-ensemble.ts'
import { createRandom, type EnsembleOptions, type Random, randomEnsemble } from '../../../helpers/random-regions.ts'
import { runVariants } from './run-variants.ts'

const blockRows = 304

type Ensemble = { readonly region: TreeEnsemble; readonly ranks: Ranks }

/** Leaves are integers below 2^16 and sums below 2^24, so float32 holds every answer exactly, and a wrong leaf shows. */
function ensemble(random: Random, options: EnsembleOptions): Ensemble {
  const [, ranks, region] = randomEnsemble(random, options).regions
  if (region.kind !== 'tree-ensemble' || ranks.kind !== 'ranks') throw new RangeError('no trees')
  return {
    ranks,
    region: {
      ...region,
      leafValues: region.leafValues.map(() => Math.floor(random() * 0x10000)),
      base: region.base.map(() => Math.floor(random() * 100)),
    },
  }
}

/** Ranks at, one below and one above those that nodes ask for, and the lowest and highest there are. */
function rankRows(random: Random, { region, ranks }: Ensemble, rowCount: number): Float64Array[] {
  const asked = ranks.columns.map((): number[] => [])
  region.column.forEach((column, node) => asked[column].push(region.rank[node]))
  const highest = ranks.columns.map((column) => (column.kind === 'rank' ? column.flipPoints.length : 1))
  return Array.from({ length: rowCount }, (_, row) =>
    Float64Array.from(highest, (most, c) => {
      if (row === 0) return 0
      if (row === 1) return most
      const near = asked[c][Math.floor(random() * asked[c].length)] ?? 0
      return Math.min(most, Math.max(0, near + Math.floor(random() * 3) - 1))
    }),
  )
}

/** How far float32 may be from the reference, per output; for trees it is the same for every row. */
function leafBound({ region, ranks }: Ensemble): Float64Array {
  const output = Array.from({ length: region.outputWidth }, (_, column) => ({ region: 2, column }))
  const regions = [{ kind: 'input', width: ranks.inputs.length } as const, ranks, region]
  return roundingBound({ regions, output }, new Float64Array(ranks.inputs.length))
}

function expectSameLeaves({ region, ranks }: Ensemble, rows: readonly Float64Array[], withGrid: boolean): void {
  const grid = withGrid ? { scale: 1, min: 0 } : undefined
  const expected = rows.flatMap((row) => [...runTreeEnsemble(region, row)].map(Math.fround))
  // Lanes cut leaves to a grid of their own where none is given.
  const most = leafBound({ region, ranks })
  for (const variant of runVariants((build) => emitTrees(build, region, ranks, grid), blockRows)) {
    // Twice: what one call leaves behind must not reach the next.
    for (let round = 0; round < 2; round++) {
      const raw = [...variant.run(rows)]
      if (variant.inputs.order === 'rows') expect(raw, variant.title).toEqual(expected)
      else expect(raw.filter((value, i) => !(Math.abs(value - expected[i]) <= most[i % most.length]))).toEqual([])
      expect(variant.around(rows.length).every((value) => value === -1)).toBe(true)
    }
  }
}

describe('emitTrees', () => {
  test('gives the leaves of the reference for ensembles of any shape', () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          trees: fc.integer({ min: 1, max: 40 }),
          depth: fc.integer({ min: 0, max: 14 }),
          features: fc.integer({ min: 1, max: 12 }),
          leafChance: fc.constantFrom(0, 0.05, 0.3, 0.6),
          leafWidth: fc.integer({ min: 1, max: 5 }),
          outputs: fc.integer({ min: 1, max: 5 }),
          flipPoints: fc.constantFrom(3, 200, 255, 256, 700),
          rowCount: fc.integer({ min: 1, max: 300 }),
          withGrid: fc.boolean(),
        }),
        ({ seed, depth, leafChance, leafWidth, outputs, rowCount, withGrid, ...options }) => {
          const random = createRandom(seed)
          const chosen = ensemble(random, {
            ...options,
            depth,
            // Whole trees of 14 levels have no more to show, and take long.
            leafChance: depth > 8 ? Math.max(leafChance, 0.2) : leafChance,
            leafWidth,
            outputWidth: leafWidth === 1 ? outputs : leafWidth,
          })
          expectSameLeaves(chosen, rankRows(random, chosen, rowCount), withGrid)
        },
      ),
      { numRuns: 120 },
    )
  })
  const shapes: readonly (readonly [string, EnsembleOptions])[] = [
    ['one stump', { trees: 1, depth: 1, features: 1, leafChance: 0 }],
    ['one leaf', { trees: 1, depth: 0, features: 1 }],
    ['leaves alone', { trees: 9, depth: 0, features: 3 }],
    ['200 complete trees', { trees: 200, depth: 5, features: 7, leafChance: 0 }],
    ['a deep tree', { trees: 1, depth: 12, features: 20, leafChance: 0 }],
    ['12 deep trees with five values a leaf', { trees: 12, depth: 10, features: 20, leafWidth: 5, leafChance: 0.1 }],
    ['more outputs than trees', { trees: 3, depth: 4, features: 5, outputWidth: 7, leafChance: 0 }],
    ['400 columns', { trees: 20, depth: 6, features: 400, leafChance: 0 }],
    ['40,000 columns of two bytes', { trees: 8, depth: 10, features: 40_000, leafChance: 0.1, flipPoints: 300 }],
    ['ranks of more than two bytes', { trees: 10, depth: 8, features: 3, flipPoints: 70_000, leafChance: 0 }],
    [
      'ranks of more than two bytes, uneven',
      { trees: 10, depth: 13, features: 3, flipPoints: 70_000, leafChance: 0.2 },
    ],
  ]

  test.each(shapes)('walks %s', (_, options) => {
    const random = createRandom(11)
    const chosen = ensemble(random, options)
    for (const rowCount of [1, 2, 7, 8, 9, 33]) {
      const rows = rankRows(random, chosen, options.features > 1000 ? Math.min(rowCount, 3) : rowCount)
      expectSameLeaves(chosen, rows, rowCount % 2 === 0)
    }
  })

  test('takes every tree alone to the leaf of the reference', () => {
    const random = createRandom(5)
    const chosen = ensemble(random, { trees: 30, depth: 9, features: 6, leafChance: 0.15, outputWidth: 30 })
    expectSameLeaves(chosen, rankRows(random, chosen, 64), true)
  })
})
