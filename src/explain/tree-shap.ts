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
 * costs nodes × points where algorithm 2 costs leaves × depth², and no path is unwound again.
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
  const paths = treePaths(trees, playerOf, depth)
  const { player, zeroFraction, aboveDepth, leafOf } = paths
  const treeCount = treeStart.length - 1
  const scale = aggregate === 'mean' ? 1 / treeCount : 1
  const { points, weights } = gaussLegendre(Math.max(1, Math.ceil(paths.mostPlayers / 2)))
  const width = points.length
  /** 1 − q, and the weight of (o − z) / factor of a player that has failed, −1 / (1 − q), which no longer hangs on z. */
  const failing = points.map((q) => 1 - q)
  const failed = weights.map((weight, m) => -weight / failing[m])

  // Of the nodes from the root to the one at hand, by depth: whether the row passes all tests of the player (o), its zero
  // fraction (z), and a line of `width` each of its factors q·o + (1 − q)·z, of the products of the factors of all players of
  // the path, and of the sums of value times product over the leaves below.
  const passes = new Uint8Array(depth + 1).fill(1)
  const zeros = new Float64Array(depth + 1).fill(1)
  const factors = new Float64Array((depth + 1) * width).fill(1)
  const products = new Float64Array((depth + 1) * width).fill(1)
  const sums = new Float64Array((depth + 1) * width)

  type Call = { readonly ranks: ArrayLike<number>; readonly output: number; readonly into: Float64Array }

  /** Leaves the sums of `node` at its depth. */
  function visit(node: number, at: number, call: Call): void {
    const line = at * width
    if (jump[node] === 0) {
      const leaf = leafOf[node]
      const value = leafValues[treeOutput.length > 0 ? leaf : leaf * leafWidth + call.output]
      for (let m = 0; m < width; m++) sums[line + m] = products[line + m] * value
      return
    }
    const goesRight = call.ranks[column[node]] > rank[node]
    const [left, right] = [node + 1, node + jump[node]]
    enter(left, at + 1, !goesRight)
    visit(left, at + 1, call)
    addEdge(left, at + 1, call.into)
    for (let m = 0; m < width; m++) sums[line + m] = sums[line + width + m]
    enter(right, at + 1, goesRight)
    visit(right, at + 1, call)
    addEdge(right, at + 1, call.into)
    for (let m = 0; m < width; m++) sums[line + m] += sums[line + width + m]
  }

  function enter(node: number, at: number, isTaken: boolean): void {
    const above = aboveDepth[node]
    const z = zeroFraction[node]
    const line = at * width
    const from = line - width
    zeros[at] = z
    if (passes[above] === 0) {
      // of a player that has failed before, only the cover changes
      passes[at] = 0
      const share = zeros[above] === 0 ? 0 : z / zeros[above]
      for (let m = 0; m < width; m++) products[line + m] = products[from + m] * share
      return
    }
    passes[at] = isTaken ? 1 : 0
    const before = above * width
    // factors of a player that has passed so far are never 0, and at the root all are 1
    if (isTaken)
      for (let m = 0; m < width; m++) {
        const factor = points[m] + failing[m] * z
        factors[line + m] = factor
        products[line + m] = (products[from + m] * factor) / factors[before + m]
      }
    else
      for (let m = 0; m < width; m++) products[line + m] = (products[from + m] * failing[m] * z) / factors[before + m]
  }

  /** Of the leaves below: (o − z) / factor now, less what it was at the last test of the player above. */
  function addEdge(node: number, at: number, into: Float64Array): void {
    const above = aboveDepth[node]
    // −z / ((1 − q)·z) whatever z is, so nothing has changed
    if (passes[above] === 0) return
    const line = at * width
    let value = 0
    if (passes[at] === 0) for (let m = 0; m < width; m++) value += failed[m] * sums[line + m]
    else for (let m = 0; m < width; m++) value += (weights[m] * (1 - zeros[at]) * sums[line + m]) / factors[line + m]
    if (above > 0) {
      const before = above * width
      const distance = 1 - zeros[above]
      for (let m = 0; m < width; m++) value -= (weights[m] * distance * sums[line + m]) / factors[before + m]
    }
    into[player[node]] += scale * value
  }

  return {
    treeCount,
    base: (output) => trees.base[output] + scale * paths.mean[output],
    addTree(into, tree, { ranks, output }) {
      if (treeOutput.length === 0 || treeOutput[tree] === output) visit(treeStart[tree], 0, { ranks, output, into })
    },
  }
}
