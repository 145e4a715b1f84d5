// Ensembles behind which further regions stand, and any number of rows, in; what the interpreter gives out.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { interpret } from '../../src/regions/interpret.ts'
import type { Region, RegionGraph } from '../../src/regions/region.ts'
import type { SplitTrees } from '../../src/regions/split-trees.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { createRowProgram } from '../../src/rows/row-program.ts'
import { createSeededRandom, type SeededRandom } from '../../src/rows/seeded-random.ts'

const features = 3
const flipCount = 12
const of = (region: number, width: number) => Array.from({ length: width }, (_, column) => ({ region, column }))

/** Trees of the given leaf counts, their tests and leaves drawn. */
function layoutOf(leafCounts: readonly number[], random: SeededRandom) {
  const jump: number[] = []
  const treeStart = [0]
  const grow = (leaves: number): void => {
    const at = jump.push(0) - 1
    if (leaves === 1) return
    const left = 1 + random.integer(leaves - 1)
    grow(left)
    jump[at] = jump.length - at
    grow(leaves - left)
  }
  for (const leaves of leafCounts) {
    grow(leaves)
    treeStart.push(jump.length)
  }
  return { jump: Int32Array.from(jump), treeStart: Int32Array.from(treeStart), cover: new Float64Array(0) }
}

type Form = { readonly leafWidth: number; readonly isSplit: boolean; readonly aggregate: 'sum' | 'mean' }

function graphOf(leafCounts: readonly number[], seed: number, { leafWidth, isSplit, aggregate }: Form): RegionGraph {
  const random = createSeededRandom(seed)
  const layout = layoutOf(leafCounts, random)
  const leaves = layout.jump.filter((jump) => jump === 0).length
  const rest = {
    ...layout,
    aggregate,
    leafWidth,
    leafValues: Float64Array.from({ length: leaves * leafWidth }, () => random.normal()),
    outputWidth: 2,
    treeOutput: leafWidth === 1 ? Int32Array.from(leafCounts, () => random.integer(2)) : new Int32Array(0),
    base: Float64Array.of(0.25, -1),
  }
  const inner = (draw: () => number) => layout.jump.map((jump) => (jump === 0 ? 0 : draw()))
  const column = inner(() => random.integer(features))
  const ranks: Region = {
    kind: 'ranks',
    inputs: of(0, features),
    columns: of(0, features).map(() => ({
      kind: 'rank',
      flipPoints: Float64Array.from({ length: flipCount }, () => random.normal()).sort(),
      missing: 'highest',
      missingValue: NaN,
    })),
  }
  const folded: TreeEnsemble = {
    ...rest,
    kind: 'tree-ensemble',
    inputs: of(1, features),
    column,
    rank: inner(() => random.integer(flipCount)),
  }
  const split: SplitTrees = {
    ...rest,
    kind: 'split-trees',
    inputs: of(1, features),
    precision: 'float32',
    feature: column,
    threshold: Float64Array.from(layout.jump, () => random.integer(flipCount)),
    missingLeft: new Uint8Array(layout.jump.length),
    categorySet: new Int32Array(layout.jump.length).fill(-1),
    categorySets: [],
  }
  const share: Region = { kind: 'groups', inputs: of(2, 2), operation: 'softmax', size: 2 }
  return { regions: [{ kind: 'input', width: features }, ranks, isSplit ? split : folded, share], output: of(3, 2) }
}

it('adds up leaves for any number of rows as the interpreter does for one', () => {
  const form = fc.record({
    leafWidth: fc.constantFrom(1, 2),
    isSplit: fc.boolean(),
    aggregate: fc.constantFrom('sum' as const, 'mean' as const),
  })
  const leafCounts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 11 })
  const rowCounts = fc.integer({ min: 1, max: 140 })
  fc.assert(
    fc.property(leafCounts, form, rowCounts, fc.nat(), (counts, made, rowCount, seed) => {
      const graph = graphOf(counts, seed, made)
      const random = createSeededRandom(seed + 1)
      const rows = Float64Array.from({ length: rowCount * features }, () =>
        random.uniform() < 0.1 ? NaN : random.normal(),
      )
      const into = new Float64Array(rowCount * 2)
      createRowProgram(graph, graph.output).run(rows, rowCount, into)
      const wanted = Array.from({ length: rowCount }, (_, row) => [
        ...interpret(graph, rows.subarray(row * features, (row + 1) * features)),
      ])
      expect([...into]).toEqual(wanted.flat())
    }),
    { numRuns: 60 },
  )
})

it('gives a block of few rows nothing of the block before it', () => {
  const graph = graphOf([4, 1, 7, 3, 2], 3, { leafWidth: 2, isSplit: false, aggregate: 'mean' })
  const program = createRowProgram(graph, graph.output)
  const rows = Float64Array.from({ length: 9 * features }, (_, i) => Math.sin(i))
  const [all, one] = [new Float64Array(18), new Float64Array(2)]
  program.run(rows, 9, all)
  program.run(rows, 1, one)
  expect([...one]).toEqual([...all.subarray(0, 2)])
})
