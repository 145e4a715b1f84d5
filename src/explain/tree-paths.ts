// A tree ensemble with the covers of its leaves in, tables of its paths that are the same for every row out.

import type { TreeEnsemble } from '../regions/tree-ensemble.ts'
import { leafNumbers } from '../regions/tree-layout.ts'

/**
 * Notation of Lundberg et al. 2018, algorithm 2: of a path, the zero fraction z of a player is the share of training rows
 * that its tests on the path let through, the product over them.
 */
export type TreePaths = {
  /** Player whose test leads to the node; −1 at roots. [nodeCount] */
  readonly player: Int32Array
  /** Zero fraction of that player on the path to the node; 1 at roots. [nodeCount] */
  readonly zeroFraction: Float64Array
  /** Nearest node above to which the same player leads; −1 where there is none. [nodeCount] */
  readonly above: Int32Array
  /** [nodeCount], −1 at roots */
  readonly parent: Int32Array
  /** [nodeCount], −1 where the node is none */
  readonly leafOf: Int32Array
  /** Nodes of the largest tree. */
  readonly mostNodes: number
  /** The most players that one path has. */
  readonly mostPlayers: number
  /** Mean of each output over the training rows, without base and aggregation. [outputWidth] */
  readonly mean: Float64Array
}

/** @param playerOf by number of the ensemble's input columns */
export function treePaths(trees: TreeEnsemble, playerOf: Int32Array): TreePaths {
  const { jump, treeStart, column } = trees
  const nodeCount = jump.length
  const leafOf = leafNumbers(jump)
  const cover = nodeCovers(trees, leafOf)
  const player = new Int32Array(nodeCount).fill(-1)
  const zeroFraction = new Float64Array(nodeCount).fill(1)
  const above = new Int32Array(nodeCount).fill(-1)
  const parent = new Int32Array(nodeCount).fill(-1)
  const reach = new Float64Array(nodeCount).fill(1)
  const players = new Int32Array(nodeCount)
  const mean = new Float64Array(trees.outputWidth)
  let mostPlayers = 0
  let mostNodes = 0

  const descend = (node: number, child: number): void => {
    const tested = playerOf[column[node]]
    let earlier = node
    while (earlier >= 0 && player[earlier] !== tested) earlier = parent[earlier]
    // a node that no training row has reached says nothing of its branches
    const share = cover[node] > 0 ? cover[child] / cover[node] : 0.5
    parent[child] = node
    player[child] = tested
    above[child] = earlier
    zeroFraction[child] = share * (earlier < 0 ? 1 : zeroFraction[earlier])
    reach[child] = share * reach[node]
    players[child] = players[node] + (earlier < 0 ? 1 : 0)
    mostPlayers = Math.max(mostPlayers, players[child])
  }

  for (let tree = 0; tree < treeStart.length - 1; tree++) {
    mostNodes = Math.max(mostNodes, treeStart[tree + 1] - treeStart[tree])
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (jump[node] === 0) addLeaf(trees, { tree, leaf: leafOf[node], share: reach[node] }, mean)
      else {
        descend(node, node + 1)
        descend(node, node + jump[node])
      }
    }
  }
  return { player, zeroFraction, above, parent, leafOf, mostNodes, mostPlayers, mean }
}

/** Training rows of every node: children stand behind their parent. Rounding of stored covers may go below 0. */
function nodeCovers({ jump, cover }: TreeEnsemble, leafOf: Int32Array): Float64Array {
  const covers = new Float64Array(jump.length)
  for (let node = jump.length - 1; node >= 0; node--)
    covers[node] = jump[node] === 0 ? Math.max(0, cover[leafOf[node]]) : covers[node + 1] + covers[node + jump[node]]
  return covers
}

type ReachedLeaf = { readonly tree: number; readonly leaf: number; readonly share: number }

function addLeaf(trees: TreeEnsemble, { tree, leaf, share }: ReachedLeaf, mean: Float64Array): void {
  const { leafWidth, leafValues, treeOutput } = trees
  if (treeOutput.length > 0) mean[treeOutput[tree]] += share * leafValues[leaf]
  else for (let k = 0; k < leafWidth; k++) mean[k] += share * leafValues[leaf * leafWidth + k]
}
