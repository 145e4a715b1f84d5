// An ensemble in, its trees as lists of nodes of which none has more leaves than a kernel takes at once out.

import { leafNumbers } from '../../../regions/tree-layout.ts'
import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'

/** A tree, or a part of one that adds 0 for rows that end elsewhere. Nodes stand in preorder, as in the ensemble. */
export type LaneTree = {
  readonly nodes: readonly LaneNode[]
  readonly depth: number
  readonly leafCount: number
  /** Column of the raw outputs that it adds to; 0 where its leaves have several values. */
  readonly output: number
}

export type LaneNode =
  | { readonly kind: 'test'; readonly column: number; readonly rank: number; readonly jump: number }
  /** Number among the ensemble's leaves; −1 adds nothing. */
  | { readonly kind: 'leaf'; readonly leaf: number }

/** No tree may be as deep as a part may have leaves: a part of one leaf has one more for each test above it. */
export function laneTrees(region: TreeEnsemble, mostLeaves: number): LaneTree[] {
  const { treeStart, treeOutput } = region
  const leafOf = leafNumbers(region.jump)
  const trees: LaneTree[] = []
  for (let tree = 0; tree + 1 < treeStart.length; tree++) {
    const root = treeStart[tree]
    const leaves = leafOf.subarray(root, treeStart[tree + 1]).filter((leaf) => leaf >= 0)
    const end = leaves[leaves.length - 1] + 1
    const spans = leafSpans(region, leafOf, root, treeStart[tree + 1])
    for (let first = leaves[0]; first < end; ) {
      const build = (last: number) => buildPart({ region, leafOf, spans, root, first, last })
      let last = Math.min(end, first + mostLeaves)
      let part = build(last)
      while (part.leafCount > mostLeaves && last > first + 1)
        part = build((last = Math.max(first + 1, last - Math.ceil((part.leafCount - mostLeaves) / 2))))
      trees.push({ ...part, output: treeOutput.length > 0 ? treeOutput[tree] : 0 })
      first = last
    }
  }
  return trees
}

type Spans = { readonly root: number; readonly first: Int32Array; readonly end: Int32Array }

/** First leaf below each node of a tree, and the one after its last. */
function leafSpans({ jump }: TreeEnsemble, leafOf: Int32Array, root: number, end: number): Spans {
  const spans = { root, first: new Int32Array(end - root), end: new Int32Array(end - root) }
  for (let node = end - 1; node >= root; node--) {
    const at = node - root
    const isLeaf = jump[node] === 0
    spans.first[at] = isLeaf ? leafOf[node] : spans.first[at + 1]
    spans.end[at] = isLeaf ? leafOf[node] + 1 : spans.end[at + jump[node]]
  }
  return spans
}

type Part = {
  readonly region: TreeEnsemble
  readonly leafOf: Int32Array
  readonly spans: Spans
  readonly root: number
  readonly first: number
  readonly last: number
}

/** The tree with nothing but the leaves `first` … `last` − 1 and the tests above them. */
function buildPart({ region, leafOf, spans, root, first, last }: Part): Omit<LaneTree, 'output'> {
  const { column, rank, jump } = region
  const nodes: LaneNode[] = []
  let depth = 0
  let leafCount = 0
  const visit = (node: number, level: number): void => {
    const isOutside = spans.end[node - root] <= first || spans.first[node - root] >= last
    if (isOutside || jump[node] === 0) {
      nodes.push({ kind: 'leaf', leaf: isOutside ? -1 : leafOf[node] })
      depth = Math.max(depth, level)
      leafCount++
      return
    }
    const at = nodes.push({ kind: 'leaf', leaf: -1 }) - 1
    visit(node + 1, level + 1)
    nodes[at] = { kind: 'test', column: column[node], rank: rank[node], jump: nodes.length - at }
    visit(node + jump[node], level + 1)
  }
  visit(root, 0)
  return { nodes, depth, leafCount }
}
