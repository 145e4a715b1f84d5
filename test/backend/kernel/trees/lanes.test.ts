import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Ranks } from '../../../../src/regions/ranks.ts'
import type { RegionGraph } from '../../../../src/regions/region.ts'
import { roundingBound } from '../../../../src/regions/rounding-bound.ts'
import { runTreeEnsemble, type TreeEnsemble } from '../../../../src/regions/tree-ensemble.ts'
import { createRandom, type EnsembleOptions, type Random, randomEnsemble } from '../../../helpers/random-regions.ts'
import { lanesOf } from './lanes-runner.ts'

type Ensemble = { readonly graph: RegionGraph; readonly ranks: Ranks; readonly region: TreeEnsemble }

function partsOf(graph: RegionGraph): Ensemble {
  const [, ranks, region] = graph.regions
  if (ranks.kind !== 'ranks' || region.kind !== 'tree-ensemble') throw new Error('no trees')
  return { graph, ranks, region }
}

/** Leaves of one tree differ by far more than rounding, and no two sums of leaves are alike. */
function ensembleOf(seed: number, options: EnsembleOptions): Ensemble & { readonly random: Random } {
  const random = createRandom(seed)
  return { ...partsOf(randomEnsemble(random, options)), random }
}

/** Ranks of rows: any, and those at the ends of their column's range. */
function rankRows(random: Random, { columns }: Ranks, rowCount: number): Float64Array[] {
  return Array.from({ length: rowCount }, () =>
    Float64Array.from(columns, (column) => {
      const highest = column.kind === 'rank' ? column.flipPoints.length : 1
      const pick = random()
      return pick < 0.05 ? highest : pick < 0.1 ? 0 : Math.floor(random() * (highest + 1))
    }),
  )
}

function expectRight(
  { graph, region }: Ensemble,
  rows: readonly Float64Array[],
  answers: readonly Float64Array[],
): void {
  const bound = roundingBound(graph, new Float64Array(rows[0].length))
  rows.forEach((row, i) => {
    runTreeEnsemble(region, row).forEach((value, k) => {
      expect(Math.abs(answers[i][k] - value), `row ${i}, output ${k}: ${value}`).toBeLessThanOrEqual(bound[k])
    })
  })
}

function withLeaves<Given extends Ensemble>(given: Given, leafValues: Float64Array): Given {
  const { graph, ranks } = given
  const region: TreeEnsemble = { ...given.region, leafValues }
  return { ...given, graph: { ...graph, regions: [graph.regions[0], ranks, region] }, region }
}

/** One tree whose every test has a leaf on one side: what trees make of terms, each of which few texts have. */
function vineOf(depth: number): Ensemble {
  const { ranks, graph, region, random } = ensembleOf(depth, { trees: 1, depth: 2, features: 9, flipPoints: 40 })
  const jump: number[] = []
  const grow = (left: number): void => {
    const at = jump.push(0) - 1
    if (left === 0) return
    if (random() < 0.5) {
      jump.push(0)
      jump[at] = jump.length - at
      grow(left - 1)
    } else {
      grow(left - 1)
      jump[at] = jump.length - at
      jump.push(0)
    }
  }
  grow(depth)
  const vine: TreeEnsemble = {
    ...region,
    treeStart: Int32Array.of(0, jump.length),
    jump: Int32Array.from(jump),
    column: Int32Array.from(jump, () => Math.floor(random() * 9)),
    rank: Int32Array.from(jump, () => Math.floor(random() * 40)),
    leafValues: Float64Array.from({ length: depth + 1 }, () => random() - 0.5),
    cover: new Float64Array(0),
  }
  return { ranks, region: vine, graph: { ...graph, regions: [graph.regions[0], ranks, vine] } }
}

describe('emitTreeLanes', () => {
  test('adds up the leaves that rows reach, whatever trees, outputs and row count', () => {
    const cases = fc.record({
      seed: fc.integer(),
      trees: fc.integer({ min: 1, max: 12 }),
      depth: fc.integer({ min: 0, max: 9 }),
      features: fc.integer({ min: 1, max: 9 }),
      leafChance: fc.constantFrom(0, 0.1, 0.3, 0.6),
      flipPoints: fc.constantFrom(1, 3, 90, 254, 255, 256, 700),
      outputs: fc.constantFrom({}, { leafWidth: 2 }, { leafWidth: 3 }, { outputWidth: 2 }, { outputWidth: 5 }),
      aggregate: fc.constantFrom('sum' as const, 'mean' as const),
      rowCount: fc.integer({ min: 1, max: 70 }),
    })
    fc.assert(
      fc.property(cases, ({ seed, rowCount, outputs, ...options }) => {
        const ensemble = ensembleOf(seed, { ...options, ...outputs, hasCover: false })
        const rows = rankRows(ensemble.random, ensemble.ranks, rowCount)
        expectRight(ensemble, rows, lanesOf(ensemble.region, ensemble.ranks)!(rows))
      }),
      { numRuns: 150 },
    )
  })

  test.each([1, 15, 16, 17, 31, 32, 33, 48, 49, 100, 255, 256])('runs %d rows, and writes no more', (rowCount) => {
    const ensemble = ensembleOf(rowCount, { trees: 7, depth: 5, features: 4, outputWidth: 2, flipPoints: 40 })
    const run = lanesOf(ensemble.region, ensemble.ranks)!
    const first = rankRows(ensemble.random, ensemble.ranks, 256)
    expectRight(ensemble, first, run(first))
    const rows = rankRows(ensemble.random, ensemble.ranks, rowCount)
    expectRight(ensemble, rows, run(rows))
  })

  test.each([127, 128, 254, 255, 256, 300, 2000])(
    'tells ranks at a node from those above, of %d flip points',
    (count) => {
      const ensemble = ensembleOf(count, { trees: 1, depth: 1, features: 1, leafChance: 0, flipPoints: count })
      for (const rank of [0, 1, 126, 127, 128, count - 2, count - 1].filter((next) => next >= 0 && next < count)) {
        const region = { ...ensemble.region, rank: Int32Array.of(rank, 0, 0) }
        const rows = [0, rank - 1, rank, rank + 1, count].map((value) => Float64Array.of(Math.max(0, value)))
        expectRight({ ...ensemble, region }, rows, lanesOf(region, ensemble.ranks)!(rows))
      }
    },
  )

  test.each([
    { title: '8 bits', scale: 1, min: 0, codes: 256 },
    { title: '8 bits', scale: 0.25, min: -3, codes: 256 },
    { title: '16 bits', scale: 1, min: -7, codes: 65_536 },
    { title: '16 bits', scale: 2 ** -8, min: 0.5, codes: 65_536 },
  ])('adds up codes of $title exactly, step $scale', ({ scale, min, codes }) => {
    const plain = ensembleOf(codes, { trees: 200, depth: 4, features: 5, leafChance: 0, flipPoints: 30 })
    const random = createRandom(codes)
    const values = plain.region.leafValues.map(() => Math.floor(random() * codes) * scale + min)
    const { region, ranks } = withLeaves(plain, values.fill((codes - 1) * scale + min, 0, 500))
    const whole: TreeEnsemble = { ...region, base: Float64Array.of(11) }
    const rows = rankRows(random, ranks, 40)
    const answers = lanesOf(whole, ranks, { grid: { scale, min } })!(rows)
    expect(answers.flatMap((answer) => [...answer])).toEqual(rows.map((row) => runTreeEnsemble(whole, row)[0]))
  })

  test('keeps small leaves of later trees beside large ones of the first', () => {
    const plain = ensembleOf(5, { trees: 60, depth: 3, features: 5, leafChance: 0 })
    const sizes = plain.region.leafValues.map((value, leaf) => value * (leaf < 8 ? 1000 : 0.001))
    const ensemble = withLeaves(plain, sizes)
    const rows = rankRows(ensemble.random, ensemble.ranks, 64)
    expectRight(ensemble, rows, lanesOf(ensemble.region, ensemble.ranks)!(rows))
  })

  test('takes trees apart that have more leaves than it holds', () => {
    const ensemble = ensembleOf(9, { trees: 3, depth: 10, features: 12, leafChance: 0.05, flipPoints: 400 })
    const rows = rankRows(ensemble.random, ensemble.ranks, 100)
    expectRight(ensemble, rows, lanesOf(ensemble.region, ensemble.ranks)!(rows))
  })

  test.each([30, 45, 62, 63])('takes vines apart, %d tests deep, whichever way they grow', (depth) => {
    const ensemble = vineOf(depth)
    const rows = rankRows(createRandom(depth), ensemble.ranks, 60)
    expectRight(ensemble, rows, lanesOf(ensemble.region, ensemble.ranks)!(rows))
  })

  test('has no form for vines of which one leaf has more tests above it than a part has leaves', () => {
    const { region, ranks } = vineOf(64)
    expect(lanesOf(region, ranks)).toBeUndefined()
  })

  test('adds more trees than fit sums of 16 bits', () => {
    const plain = ensembleOf(3, { trees: 1200, depth: 2, features: 6, leafChance: 0 })
    const ensemble = withLeaves(
      plain,
      plain.region.leafValues.map((_, leaf) => (leaf % 4 === 3 ? -1 : 254)),
    )
    const rows = rankRows(ensemble.random, ensemble.ranks, 33)
    expectRight(ensemble, rows, lanesOf(ensemble.region, ensemble.ranks, { grid: { scale: 1, min: -1 } })!(rows))
  })

  test('runs blocks of 16 rows where a model is too wide for more', () => {
    const ensemble = ensembleOf(4, { trees: 9, depth: 4, features: 300, flipPoints: 2 })
    const rows = rankRows(ensemble.random, ensemble.ranks, 16)
    expectRight(ensemble, rows, lanesOf(ensemble.region, ensemble.ranks, { blockRows: 16 })!(rows))
  })

  test.each([
    { title: 'ranks past 16 bits', options: { trees: 1, depth: 2, features: 2, flipPoints: 70_000 } },
    { title: 'leaves of many values', options: { trees: 2, depth: 2, features: 2, leafWidth: 40 } },
  ])('has no form for $title', ({ options }) => {
    const { region, ranks } = ensembleOf(1, options)
    expect(lanesOf(region, ranks)).toBeUndefined()
  })
})
