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
  /** Depth of the nearest node above to which the same player leads; 0, that of the root, where there is none. [nodeCount] */
  readonly aboveDepth: Uint16Array
  /** [nodeCount], −1 where the node is none */
  readonly leafOf: Int32Array
  /** The most players that one path has. */
  readonly mostPlayers: number
  /** Mean of each output over the training rows, without base and aggregation. [outputWidth] */
  readonly mean: Float64Array
}

/**
 * @param playerOf by number of the ensemble's input columns
 * @param depth of the deepest tree
 */
export function treePaths(trees: TreeEnsemble, playerOf: Int32Array, depth: number): TreePaths {
  const { jump, treeStart, column } = trees
  const nodeCount = jump.length
  const leafOf = leafNumbers(jump)
  const cover = nodeCovers(trees, leafOf)
  const player = new Int32Array(nodeCount).fill(-1)
  const zeroFraction = new Float64Array(nodeCount).fill(1)
  const aboveDepth = new Uint16Array(nodeCount)
  const depthOf = new Uint16Array(nodeCount)
  const mean = new Float64Array(trees.outputWidth)
  /** By depth: the nodes from the root to the one at hand, the share of rows that reach them, how many players led there. */
  const path = new Int32Array(depth + 1)
  const reach = new Float64Array(depth + 1).fill(1)
  const players = new Int32Array(depth + 1)
  let mostPlayers = 0

  const enter = (node: number): void => {
    const at = depthOf[node]
    path[at] = node
    const parent = path[at - 1]
    const tested = playerOf[column[parent]]
    let above = at - 1
    while (above > 0 && player[path[above]] !== tested) above--
    // a node that no training row has reached says nothing of its branches
    const share = cover[parent] > 0 ? cover[node] / cover[parent] : 0.5
    player[node] = tested
    aboveDepth[node] = above
    zeroFraction[node] = share * zeroFraction[path[above]]
    reach[at] = share * reach[at - 1]
    players[at] = players[at - 1] + (above === 0 ? 1 : 0)
    mostPlayers = Math.max(mostPlayers, players[at])
  }

  for (let tree = 0; tree < treeStart.length - 1; tree++) {
    path[0] = treeStart[tree]
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) {
      if (node > treeStart[tree]) enter(node)
      const at = depthOf[node]
      if (jump[node] === 0) addLeaf(trees, { tree, leaf: leafOf[node], share: reach[at] }, mean)
      else depthOf[node + 1] = depthOf[node + jump[node]] = at + 1
    }
  }
  return { player, zeroFraction, aboveDepth, leafOf, mostPlayers, mean }
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
