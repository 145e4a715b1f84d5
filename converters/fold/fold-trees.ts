// Split trees and all preprocessing before them in; a ranks region and trees that compare ranks out, equal for every row.

import type { ModelSchema } from '../../src/artifact/schema.ts'
import type { Ranks } from '../../src/regions/ranks.ts'
import type { RegionGraph } from '../../src/regions/region.ts'
import type { SplitTrees } from '../../src/regions/split-trees.ts'
import type { TreeEnsemble } from '../../src/regions/tree-ensemble.ts'
import { leafNumbers } from '../../src/regions/tree-layout.ts'
import { columnFunction } from './column-function.ts'
import { createFlipMemory, type NodeTest, nodeTest } from './node-test.ts'
import { RankColumns, rankOf, type TestSource } from './rank-columns.ts'

export type FoldedTrees = {
  readonly ranks: Ranks
  /** Without `inputs`, which depend on where the ranks region stands. */
  readonly ensemble: Omit<TreeEnsemble, 'inputs'>
}

/** @throws UNSUPPORTED where a test cannot be written on one raw feature. */
export function foldTrees(graph: RegionGraph, trees: SplitTrees, schema: ModelSchema): FoldedTrees {
  const resolved = resolveNodes(graph, trees, schema)
  const ranks = resolved.columns.toRegion()
  return { ranks, ensemble: layOutFolded(trees, resolved, ranks) }
}

type ResolvedNodes = {
  readonly columns: RankColumns
  /** Column of each node; −1 always left, −2 always right, at leaves anything. */
  readonly column: Int32Array
  readonly flip: Float64Array
  readonly isSwapped: Uint8Array
}

const alwaysLeft = -1
const alwaysRight = -2

function resolveNodes(graph: RegionGraph, trees: SplitTrees, schema: ModelSchema): ResolvedNodes {
  const nodeCount = trees.jump.length
  const columns = new RankColumns()
  const column = new Int32Array(nodeCount)
  const flip = new Float64Array(nodeCount)
  const isSwapped = new Uint8Array(nodeCount)
  // Nodes that share a test share the object.
  const numbers = new Map<NodeTest, number>()
  const testOf = createTestFinder(graph, trees, schema)
  for (let node = 0; node < nodeCount; node++) {
    if (trees.jump[node] === 0) continue
    const { source, test } = testOf(node)
    if (test.kind === 'constant') {
      column[node] = test.goesRight ? alwaysRight : alwaysLeft
      continue
    }
    let number = numbers.get(test)
    if (number === undefined) {
      number = columns.add(source, test)
      numbers.set(test, number)
    }
    column[node] = number
    if (test.kind === 'member') continue
    flip[node] = test.flip
    isSwapped[node] = test.isSwapped ? 1 : 0
  }
  return { columns, column, flip, isSwapped }
}

/** Tests by input, threshold or category set, and missing direction: many nodes share one. */
function createTestFinder(graph: RegionGraph, trees: SplitTrees, schema: ModelSchema) {
  const inputs = trees.inputs.map((ref) => {
    let prepared: ReturnType<typeof prepare> | undefined
    const prepare = () => {
      const column = columnFunction(graph, ref)
      const canMiss = column.feature === undefined || schema.features[column.feature].missing === 'handled'
      return {
        column,
        canMiss,
        flipOf: createFlipMemory(),
        known: [new Map<number, NodeTest>(), new Map<number, NodeTest>()],
        knownSets: [new Map<number, NodeTest>(), new Map<number, NodeTest>()],
      }
    }
    // Columns that no node reads need not be foldable.
    return () => (prepared ??= prepare())
  })
  return (node: number): { source: TestSource; test: NodeTest } => {
    const player = trees.feature[node]
    const { column, canMiss, flipOf, known, knownSets } = inputs[player]()
    const source = { base: column.base, feature: column.feature, player }
    const context = { trees, node, canMiss, flipOf }
    const set = trees.categorySet[node]
    const tests = (set < 0 ? known : knownSets)[trees.missingLeft[node]]
    const key = set < 0 ? trees.threshold[node] : set
    let test = tests.get(key)
    if (test === undefined) {
      test = nodeTest(column, context)
      tests.set(key, test)
    }
    return { source, test }
  }
}

/** Preorder anew: nodes that always go one way are left out, children of falling columns change places. */
function layOutFolded(trees: SplitTrees, resolved: ResolvedNodes, ranks: Ranks): FoldedTrees['ensemble'] {
  const { leafWidth, cover: oldCover } = trees
  const trees_ = trees.treeStart.length - 1
  const leafOf = leafNumbers(trees.jump)
  const treeStart = new Int32Array(trees_ + 1)
  const jump = new Int32Array(trees.jump.length)
  const column = new Int32Array(trees.jump.length)
  const rank = new Int32Array(trees.jump.length)
  const leaves: number[] = []
  let nodeCount = 0
  for (let tree = 0; tree < trees_; tree++) {
    // Pairs of an old node and the new position whose right child it is, −1 for a left child or the root.
    const pending = [trees.treeStart[tree], -1]
    while (pending.length > 0) {
      const parent = pending.pop() ?? -1
      const node = firstReal(pending.pop() ?? 0, trees, resolved)
      const position = nodeCount++
      if (parent >= 0) jump[parent] = position - parent
      if (trees.jump[node] === 0) {
        leaves.push(leafOf[node])
        continue
      }
      column[position] = resolved.column[node]
      rank[position] = rankOf(ranks.columns[column[position]], resolved.flip[node])
      const [left, right] = [node + 1, node + trees.jump[node]]
      if (resolved.isSwapped[node] === 1) pending.push(left, position, right, -1)
      else pending.push(right, position, left, -1)
    }
    treeStart[tree + 1] = nodeCount
  }
  const leafValues = new Float64Array(leaves.length * leafWidth)
  leaves.forEach((leaf, i) => {
    for (let k = 0; k < leafWidth; k++) leafValues[i * leafWidth + k] = trees.leafValues[leaf * leafWidth + k]
  })
  return {
    kind: 'tree-ensemble',
    treeStart,
    jump: jump.slice(0, nodeCount),
    column: column.slice(0, nodeCount),
    rank: rank.slice(0, nodeCount),
    leafWidth,
    leafValues,
    cover: oldCover.length === 0 ? oldCover : Float64Array.from(leaves, (leaf) => oldCover[leaf]),
    outputWidth: trees.outputWidth,
    treeOutput: trees.treeOutput,
    aggregate: trees.aggregate,
    base: trees.base,
  }
}

/** `node`, or the first node below it whose test says something. */
function firstReal(node: number, trees: SplitTrees, { column }: ResolvedNodes): number {
  let real = node
  while (trees.jump[real] !== 0 && column[real] < 0) real += column[real] === alwaysRight ? trees.jump[real] : 1
  return real
}
