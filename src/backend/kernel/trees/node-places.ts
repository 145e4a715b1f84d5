// A tree in, the order out in which its nodes lie so that a way from the root to a leaf touches few cache lines.

import type { TreeEnsemble } from '../../../regions/tree-ensemble.ts'
import { leafNumbers } from '../../../regions/tree-layout.ts'

/** Nodes lie in pairs of siblings; −1 beside a root, and where a line is left empty. */
export type NodePlaces = {
  /** Which node lies where. */
  readonly nodes: number[]
  /** Where each node lies. [nodeCount] */
  readonly places: Int32Array
}

type Pair = { readonly left: number; readonly right: number; readonly weight: number }

/**
 * Every tree starts a line. What comes next into a line are the children, most often visited, of what is in it; a line
 * without such children is filled up with those that other lines had no room for.
 */
export function placeNodes(region: TreeEnsemble, order: Int32Array, pairsPerLine: number): NodePlaces {
  const { treeStart, jump } = region
  const weights = visitWeights(region)
  const nodes: number[] = []
  const places = new Int32Array(jump.length)
  const childrenOf = (node: number): Pair[] => {
    if (node < 0 || jump[node] === 0) return []
    const [left, right] = [node + 1, node + jump[node]]
    return [{ left, right, weight: weights[node] }]
  }
  for (const tree of order) {
    if (tree < 0) continue
    while (nodes.length % (2 * pairsPerLine) !== 0) nodes.push(-1)
    let inLine: Pair[] = [{ left: treeStart[tree], right: -1, weight: 0 }]
    const waiting: Pair[] = []
    let served = 0
    for (let next = inLine.pop(); next !== undefined; next = inLine.pop() ?? waiting.at(served++)) {
      const { left, right } = next
      places[left] = nodes.push(left) - 1
      const place = nodes.push(right) - 1
      if (right >= 0) places[right] = place
      inLine.push(...childrenOf(left), ...childrenOf(right))
      inLine.sort((a, b) => a.weight - b.weight)
      if (nodes.length % (2 * pairsPerLine) === 0) {
        waiting.push(...inLine.reverse())
        inLine = []
      }
    }
  }
  return { nodes, places }
}

/** How many training rows came by, else how many leaves there are below. [nodeCount] */
function visitWeights({ treeStart, jump, cover }: TreeEnsemble): Float64Array {
  const leafOf = leafNumbers(jump)
  const weights = Float64Array.from(jump, (_, node) =>
    leafOf[node] < 0 ? 0 : cover.length > 0 ? cover[leafOf[node]] : 1,
  )
  for (let node = treeStart[treeStart.length - 1] - 1; node >= 0; node--)
    if (jump[node] !== 0) weights[node] = weights[node + 1] + weights[node + jump[node]]
  return weights
}
