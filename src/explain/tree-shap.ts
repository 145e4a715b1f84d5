// A tree ensemble and the player of each of its columns in; a function from a row's ranks to exact path-dependent Shapley values out.

import { createError } from '../errors.ts'
import type { TreeEnsemble } from '../regions/tree-ensemble.ts'
import { treeDepths } from '../regions/tree-layout.ts'
import { gaussLegendre } from './gauss-legendre.ts'
import { treePaths } from './tree-paths.ts'

/** Real trees have tens of levels. One of a million would keep a thread busy for hours and fill its memory. */
const maxDepth = 1024

export type TreeShapRow = {
  /** The ensemble's input columns for one row. */
  readonly ranks: ArrayLike<number>
  /** Column of the ensemble's output. */
  readonly output: number
}

/** In place of the number of a node. */
const none = -1

export type TreeShap = {
  readonly treeCount: number
  /** Raw output of the average training row. */
  base(output: number): number
  /**
   * Adds the Shapley value that each player has from one tree to `into`: over all trees they sum to the raw output of the
   * row less `base`. Tree by tree, so that others may have their turn in between.
   */
  addTree(into: Float64Array, tree: number, { ranks, output }: TreeShapRow): void
}

/**
 * The values of TreeSHAP (Lundberg, Erion & Lee 2018, "Consistent individualized feature attribution for tree ensembles",
 * algorithm 2, path-dependent), computed another way. A leaf of value v on a path of players j, with one fractions o_j
 * (1 where the row passes all tests of j) and zero fractions z_j, is the game v·∏ (j known ? o_j : z_j). Its Shapley value
 * is the integral of its multilinear extension (Owen 1972, "Multilinear extensions of games"),
 *
 *   φ_i = v ∫₀¹ (o_i − z_i) ∏_(j≠i) (q·o_j + (1 − q)·z_j) dq,
 *
 * a polynomial in q of a degree below the number of players, for which Gauss–Legendre quadrature with half as many points
 * is exact. As in Linear TreeSHAP (Yu et al. 2022), products go down the tree and sums over leaves come up, so that a row
 * costs nodes × points where algorithm 2 costs leaves × depth², and nothing cancels.
 * @param playerOf by number of the ensemble's input columns
 * @throws UNSUPPORTED where a tree is deeper than 1024 levels
 */
export function createTreeShap(trees: TreeEnsemble, playerOf: Int32Array): TreeShap {
  const { treeStart, jump, column, rank, leafWidth, leafValues, treeOutput, aggregate } = trees
  const depth = treeDepths(trees).reduce((deepest, next) => Math.max(deepest, next), 0)
  if (depth > maxDepth)
    throw createError(
      'UNSUPPORTED',
      `trees of up to ${maxDepth} levels can be explained, got ${depth}; train the model with a max_depth`,
    )
  const paths = treePaths(trees, playerOf)
  const { player, zeroFraction, above, parent, leafOf } = paths
  const treeCount = treeStart.length - 1
  const scale = aggregate === 'mean' ? 1 / treeCount : 1
  const { points, weights } = gaussLegendre(Math.max(1, Math.ceil(paths.mostPlayers / 2)))
  const width = points.length
  /** Of the nodes of one tree: whether the row passes all tests of the player on the path (o). */
  const passes = new Uint8Array(paths.mostNodes)
  /** q·o + (1 − q)·z of the player that leads to a node; one line of `width` a node. */
  const factors = new Float64Array(paths.mostNodes * width)
  /** (o − z) / factor of a player that has failed: it no longer hangs on z. */
  const missed = points.map((q) => -1 / (1 - q))
  /** Product of the factors of all players of a path, then the sum of value times product over the leaves below. */
  const products = new Float64Array(paths.mostNodes * width)

  function goDown(tree: number, ranks: ArrayLike<number>): void {
    const start = treeStart[tree]
    passes[0] = 1
    for (let m = 0; m < width; m++) factors[m] = products[m] = 1
    for (let node = start; node < treeStart[tree + 1]; node++) {
      if (jump[node] === 0) continue
      const goesRight = ranks[column[node]] > rank[node]
      enter(node + 1, start, !goesRight)
      enter(node + jump[node], start, goesRight)
    }
  }

  function enter(node: number, start: number, isTaken: boolean): void {
    const at = node - start
    const from = (parent[node] - start) * width
    const before = above[node] < 0 ? none : above[node] - start
    const z = zeroFraction[node]
    if (before !== none && passes[before] === 0) {
      // of a player that has failed before, only the cover changes
      passes[at] = 0
      const last = zeroFraction[above[node]]
      const share = last === 0 ? 0 : z / last
      for (let m = 0; m < width; m++) products[at * width + m] = products[from + m] * share
      return
    }
    const o = isTaken ? 1 : 0
    passes[at] = o
    for (let m = 0; m < width; m++) {
      const factor = z + points[m] * (o - z)
      const product = products[from + m] * factor
      factors[at * width + m] = factor
      // that of a player that has passed so far is never 0
      products[at * width + m] = before === none ? product : product / factors[before * width + m]
    }
  }

  function comeUp(tree: number, output: number, into: Float64Array): void {
    const start = treeStart[tree]
    for (let node = treeStart[tree + 1] - 1; node > start; node--) {
      const at = (node - start) * width
      if (jump[node] === 0) {
        const leaf = leafOf[node]
        const value = leafValues[treeOutput.length > 0 ? leaf : leaf * leafWidth + output]
        for (let m = 0; m < width; m++) products[at + m] *= value
      } else {
        const [left, right] = [at + width, at + jump[node] * width]
        for (let m = 0; m < width; m++) products[at + m] = products[left + m] + products[right + m]
      }
      into[player[node]] += scale * edgeValue(node, start)
    }
  }

  /** Of the leaves below: (o − z) / factor now, less what it was at the last test of the player above. */
  function edgeValue(node: number, start: number): number {
    const at = (node - start) * width
    const before = above[node] < 0 ? none : above[node] - start
    // −z / ((1 − q)·z) whatever z is, so nothing has changed
    if (before !== none && passes[before] === 0) return 0
    const hasPassed = passes[node - start] === 1
    const distance = 1 - zeroFraction[node]
    let sum = 0
    for (let m = 0; m < width; m++) {
      const share = hasPassed ? distance / factors[at + m] : missed[m]
      sum += weights[m] * share * products[at + m]
    }
    if (before === none) return sum
    const distanceBefore = 1 - zeroFraction[above[node]]
    for (let m = 0; m < width; m++)
      sum -= (weights[m] * distanceBefore * products[at + m]) / factors[before * width + m]
    return sum
  }

  return {
    treeCount,
    base: (output) => trees.base[output] + scale * paths.mean[output],
    addTree(into, tree, { ranks, output }) {
      if (treeOutput.length > 0 && treeOutput[tree] !== output) return
      goDown(tree, ranks)
      comeUp(tree, output, into)
    },
  }
}
