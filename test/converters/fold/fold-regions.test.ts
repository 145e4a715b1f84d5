import { describe, expect, it } from 'vitest'
import { nextDown, nextUp } from '../../../converters/fold/flip-point.ts'
import { foldRegions } from '../../../converters/fold/fold-regions.ts'
import type { ModelSchema } from '../../../src/artifact/schema.ts'
import { interpret } from '../../../src/regions/interpret.ts'
import type { Ranks } from '../../../src/regions/ranks.ts'
import type { Region, RegionGraph } from '../../../src/regions/region.ts'
import type { SplitTrees } from '../../../src/regions/split-trees.ts'
import { featureCount, Random, randomGraph } from './random-graph.ts'

const special = [
  Number.NaN,
  0,
  1,
  2,
  3,
  4,
  7,
  -1,
  -9,
  0.5,
  1e300,
  -1e300,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
]

function ranksOf(graph: RegionGraph): Ranks {
  const found = graph.regions.find((region) => region.kind === 'ranks')
  if (found === undefined) throw new Error('no ranks region')
  return found
}

/** Every flip point of a feature with both neighbours. */
function edgesOf(ranks: Ranks, feature: number): number[] {
  return ranks.columns.flatMap((column, i) => {
    if (column.kind !== 'rank' || ranks.inputs[i].column !== feature) return []
    return [...column.flipPoints].flatMap((flip) => [nextDown(flip), flip, nextUp(flip)])
  })
}

describe('foldRegions', () => {
  it('gives what the unfolded graph gives, for random rows and around every flip point', () => {
    let folds = 0
    for (let seed = 1; seed <= 300; seed++) {
      const random = new Random(seed)
      const { graph, schema } = randomGraph(random)
      const folded = foldOrRefuse(graph, schema)
      if (folded === undefined) continue
      folds++
      const ranks = ranksOf(folded)
      const candidates = Array.from({ length: featureCount }, (_, feature) => {
        if (feature === 3) return [Number.NaN, -1, 0, 1, 2, 3, 4]
        return [...special, ...edgesOf(ranks, feature), random.real(-60, 60), random.real(-1e9, 1e9)]
      })
      const base = candidates.map((values) => random.pick(values))
      for (let feature = 0; feature < featureCount; feature++) {
        for (const value of candidates[feature]) {
          const row = base.map((other, i) => (i === feature ? value : other))
          const got: number = interpret(folded, row)[0]
          const expected: number = interpret(graph, row)[0]
          if (got !== expected) expect.fail(`seed ${seed}, row ${row.join()}: expected ${expected}, got ${got}`)
        }
      }
    }
    // Some graphs have two values that mean missing in one column, which is refused; most have not.
    expect(folds).toBeGreaterThan(200)
  })

  it('keeps at most two rank columns a feature, sorted and distinct', () => {
    const graph = treesOn([scale(2, 3)], [split(0, 0.5, 1), split(0, 0.25, 0), split(0, 0.5, 0)])
    const { columns, inputs } = ranksOf(foldRegions(graph, schemaOf('handled')))
    expect(inputs).toEqual([
      { region: 0, column: 0 },
      { region: 0, column: 0 },
    ])
    expect(columns.map((column) => column.kind === 'rank' && [column.missing, [...column.flipPoints]])).toEqual([
      ['lowest', [expect.closeTo(3.25)]],
      ['highest', [expect.closeTo(3.125), expect.closeTo(3.25)]],
    ])
  })

  it('needs one rank column where rows without the feature are refused', () => {
    const graph = treesOn([scale(2, 3)], [split(0, 0.5, 1), split(0, 0.25, 0)])
    expect(ranksOf(foldRegions(graph, schemaOf('error'))).columns).toHaveLength(1)
  })

  it('turns the children around where a step falls', () => {
    const graph = treesOn([scale(-2, 0)], [split(0, 1, 1)])
    const folded = foldRegions(graph, schemaOf('handled'))
    for (const x of [-3, -2, nextUp(-2), nextDown(-2), 0, Number.NaN]) {
      expect(interpret(folded, [x])).toEqual(interpret(graph, [x]))
    }
  })

  it('leaves out nodes that no row can turn, and columns that no node reads', () => {
    const never: Region = {
      kind: 'one-hot',
      inputs: [{ region: 0, column: 0 }],
      columns: [{ keys: [1, 2], slots: [0, -1], width: 2, unknownSlot: -1 }],
    }
    const graph = treesOn([never], [{ ...split(1, 0.5, 0) }])
    const folded = foldRegions(graph, schemaOf('handled'))
    const trees = folded.regions.at(-1)
    expect(trees?.kind === 'tree-ensemble' && [...trees.jump]).toEqual([0])
    // A graph cannot take a slab of no columns.
    expect(ranksOf(folded).columns).toEqual([{ kind: 'member', keys: [], bits: [], unknownBit: 0 }])
    expect(interpret(folded, [1])).toEqual(interpret(graph, [1]))
  })

  it("keeps columns of the source's trees apart, and names them, where one feature has several", () => {
    const both: Region = {
      kind: 'scale',
      inputs: [
        { region: 0, column: 0 },
        { region: 0, column: 0 },
      ],
      form: 'subtract-divide',
      first: [0, 3],
      second: [1, 2],
    }
    const splits = [split(0, 5, 0), split(1, 1, 0), split(0, 9, 0)]
    const { players, columns } = ranksOf(foldRegions(treesOn([both], splits), schemaOf('error')))
    // x <= 5 is asked of both, which are two players all the same
    expect(players).toEqual([0, 1])
    expect(columns.map((column) => column.kind === 'rank' && column.flipPoints.length)).toEqual([2, 1])
  })

  it('names no players where each feature is one', () => {
    const graph = treesOn([scale(2, 3)], [split(0, 0.5, 1), split(0, 0.25, 0)])
    expect(ranksOf(foldRegions(graph, schemaOf('handled')))).not.toHaveProperty('players')
  })

  it('writes a split that only tells missing from present as a set', () => {
    const graph = treesOn([], [split(0, Number.POSITIVE_INFINITY, 0)])
    const folded = foldRegions(graph, schemaOf('handled'))
    expect(ranksOf(folded).columns).toEqual([{ kind: 'member', keys: [Number.NaN], bits: [1], unknownBit: 0 }])
    expect(interpret(folded, [Number.NaN])).toEqual(interpret(graph, [Number.NaN]))
    expect(interpret(folded, [Number.MAX_VALUE])).toEqual(interpret(graph, [Number.MAX_VALUE]))
  })

  it('gives a sentinel that stands for missing its own column', () => {
    const impute: Region = { kind: 'impute', inputs: [{ region: 0, column: 0 }], missing: [-1], fill: [50] }
    const graph = treesOn([impute], [split(0, 10, 0)])
    const folded = foldRegions(graph, schemaOf('error'))
    expect(ranksOf(folded).columns).toMatchObject([{ kind: 'rank', missingValue: -1, missing: 'highest' }])
    for (const x of [-2, -1, 0, 10, nextUp(10), 60]) expect(interpret(folded, [x])).toEqual(interpret(graph, [x]))
  })

  it('keeps ranks that the trees themselves compare, and folds their missing rank and their sets', () => {
    // 0 … 2 of ranks: up to −1, (−1, 1], above; the middle one is missing
    const column = {
      kind: 'rank',
      flipPoints: Float64Array.of(-1, 1),
      missingValue: Number.NaN,
      missing: 'lowest',
    } as const
    const ranks: Region = { kind: 'ranks', inputs: [{ region: 0, column: 0 }], columns: [column] }
    const impute: Region = { kind: 'impute', inputs: [{ region: 1, column: 0 }], missing: [1], fill: [Number.NaN] }
    for (const missingLeft of [0, 1] as const) {
      const graph = treesOn([ranks, impute], [split(0, 0, missingLeft), split(0, 1, missingLeft)])
      const folded = foldRegions(graph, schemaOf('handled'))
      for (const x of [Number.NaN, -2, -1, nextUp(-1), 0, 1, nextUp(1), 5, Number.POSITIVE_INFINITY])
        expect(interpret(folded, [x])).toEqual(interpret(graph, [x]))
    }
  })

  it('folds fifteen thousand splits in well under a second', () => {
    const splits = Array.from({ length: 15_000 }, (_, i) => split(0, i / 1000, i % 2))
    const graph = treesOn([scale(0.37, 11)], splits)
    const start = performance.now()
    foldRegions(graph, schemaOf('handled'))
    // About 60 ms on one core of 2026; the margin is for a busy machine.
    expect(performance.now() - start).toBeLessThan(3000)
  })
})

it('ranks what another model computes as it is computed', () => {
  const graph = foldRegions(treesOn([dense()], [split(0, 0.5, 0)]), schemaOf('handled'))
  const ranks = graph.regions.find(({ kind }) => kind === 'ranks')
  expect(ranks).toMatchObject({ inputs: [{ region: 1, column: 0 }] })
  for (const x of [-3, 0, 0.5, Math.fround(0.5), 1, 7])
    expect([...interpret(graph, [x])]).toEqual([...interpret(treesOn([dense()], [split(0, 0.5, 0)]), [x])])
})

describe('foldRegions, abused', () => {
  it.each<[string, Region[], RegExp]>([
    ['encoding after scaling', [scale(2, 0), oneHotOn(1)], /encoding categories after scaling/],
    ['a sentinel after scaling', [scale(2, 0), imputeOn(1)], /imputing a value other than NaN after scaling/],
  ])('refuses %s by name', (_, regions, message) => {
    const graph = treesOn(regions, [split(0, 0.5, 0)])
    expect(() => foldRegions(graph, schemaOf('handled'))).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', message: expect.stringMatching(message) }),
    )
  })
})

function foldOrRefuse(graph: RegionGraph, schema: ModelSchema): RegionGraph | undefined {
  try {
    return foldRegions(graph, schema)
  } catch (error) {
    if (error instanceof Error && error.message.includes('more than one value that stands for missing'))
      return undefined
    throw error
  }
}

type Split = { readonly feature: number; readonly threshold: number; readonly missingLeft: number }

function split(feature: number, threshold: number, missingLeft: number): Split {
  return { feature, threshold, missingLeft }
}

function scale(slope: number, shift: number): Region {
  const inputs = [{ region: 0, column: 0 }]
  return { kind: 'scale', inputs, form: 'subtract-divide', first: [shift], second: [1 / slope] }
}

function oneHotOn(region: number): Region {
  const columns = [{ keys: [1], slots: [0], width: 1, unknownSlot: -1 }]
  return { kind: 'one-hot', inputs: [{ region, column: 0 }], columns }
}

function imputeOn(region: number): Region {
  return { kind: 'impute', inputs: [{ region, column: 0 }], missing: [-1], fill: [0] }
}

function dense(): Region {
  const layer = {
    inputWidth: 1,
    outputWidth: 1,
    weights: Float64Array.of(1),
    bias: Float64Array.of(0),
    activation: 'identity',
  } as const
  return { kind: 'dense-chain', inputs: [{ region: 0, column: 0 }], layers: [layer] }
}

/** One tree of one split each, on the outputs of the last of `regions` (the input where there are none). */
function treesOn(regions: readonly Region[], splits: readonly Split[]): RegionGraph {
  const count = splits.length
  const node = <T>(inner: (split: Split) => T, leaf: T): T[] => splits.flatMap((one) => [inner(one), leaf, leaf])
  const trees: SplitTrees = {
    kind: 'split-trees',
    inputs: [0, 1].map((column) => ({ region: regions.length, column })),
    precision: 'float32',
    treeStart: Int32Array.from({ length: count + 1 }, (_, i) => 3 * i),
    jump: Int32Array.from(node(() => 2, 0)),
    feature: Int32Array.from(node(({ feature }) => feature, 0)),
    threshold: Float64Array.from(node(({ threshold }) => threshold, 0)),
    missingLeft: Uint8Array.from(node(({ missingLeft }) => missingLeft, 0)),
    categorySet: new Int32Array(3 * count).fill(-1),
    categorySets: [],
    leafWidth: 1,
    leafValues: Float64Array.from({ length: 2 * count }, (_, i) => i + 1),
    cover: new Float64Array(0),
    outputWidth: 1,
    treeOutput: new Int32Array(0),
    aggregate: 'sum',
    base: Float64Array.of(0),
  }
  return {
    regions: [{ kind: 'input', width: 1 }, ...regions, trees],
    output: [{ region: regions.length + 1, column: 0 }],
  }
}

function schemaOf(missing: 'handled' | 'error'): ModelSchema {
  return { features: [{ name: 'x', dtype: 'number', used: true, missing }], outputs: ['value'] }
}
