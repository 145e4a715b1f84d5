// A game in, its Shapley values by the definition out; and the path-dependent game of trees, walked as Lundberg et al. define it.

import { leafNumbers, type TreeLayout } from '../../src/regions/tree-layout.ts'

/** Over all coalitions as bit sets: Σ |S|!·(n − |S| − 1)!/n! · (v(S ∪ i) − v(S)). */
export function shapleyByDefinition(playerCount: number, game: (coalition: number) => number): Float64Array {
  const values = Array.from({ length: 2 ** playerCount }, (_, coalition) => game(coalition))
  const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1))
  const share = (size: number): number => (factorial(size) * factorial(playerCount - size - 1)) / factorial(playerCount)
  return Float64Array.from({ length: playerCount }, (_, i) => {
    let sum = 0
    for (let coalition = 0; coalition < values.length; coalition++) {
      if ((coalition >> i) & 1) continue
      const size = [...coalition.toString(2)].filter((bit) => bit === '1').length
      sum += share(size) * (values[coalition | (1 << i)] - values[coalition])
    }
    return sum
  })
}

export type PathGame = {
  readonly layout: TreeLayout
  readonly output: number
  /** Player tested at an inner node. */
  readonly playerAt: (node: number) => number
  readonly goesRight: (node: number) => boolean
}

/**
 * Shapley values of all trees of an ensemble and its base value, tree by tree over the players of that tree, by algorithm 1
 * of Lundberg et al. 2018: known players follow the row, unknown ones both branches by cover.
 */
export function pathShapleyByDefinition({ layout, output, playerAt, goesRight }: PathGame) {
  const { treeStart, jump, leafWidth, leafValues, cover, treeOutput, aggregate, base } = layout
  const leafOf = leafNumbers(jump)
  const coverOf = (node: number): number =>
    jump[node] === 0 ? cover[leafOf[node]] : coverOf(node + 1) + coverOf(node + jump[node])
  const covers = Float64Array.from(jump, (_, node) => coverOf(node))
  const valueOf = (node: number): number =>
    leafValues[treeOutput.length > 0 ? leafOf[node] : leafOf[node] * leafWidth + output]
  const expected = (node: number, isKnown: (player: number) => boolean): number => {
    if (jump[node] === 0) return valueOf(node)
    const [left, right] = [node + 1, node + jump[node]]
    if (isKnown(playerAt(node))) return expected(goesRight(node) ? right : left, isKnown)
    if (covers[left] === 0) return expected(right, isKnown)
    if (covers[right] === 0) return expected(left, isKnown)
    const sides = covers[left] * expected(left, isKnown) + covers[right] * expected(right, isKnown)
    return sides / covers[node]
  }
  const trees = treeStart.length - 1
  const scale = aggregate === 'mean' ? 1 / trees : 1
  const contributions = new Map<number, number>()
  let mean = base[output]
  let mostPlayers = 0
  for (let tree = 0; tree < trees; tree++) {
    if (treeOutput.length > 0 && treeOutput[tree] !== output) continue
    const players = new Set<number>()
    for (let node = treeStart[tree]; node < treeStart[tree + 1]; node++) if (jump[node] > 0) players.add(playerAt(node))
    const list = [...players]
    mostPlayers = Math.max(mostPlayers, list.length)
    const values = shapleyByDefinition(list.length, (coalition) =>
      expected(treeStart[tree], (player) => ((coalition >> list.indexOf(player)) & 1) === 1),
    )
    list.forEach((player, i) => contributions.set(player, (contributions.get(player) ?? 0) + scale * values[i]))
    mean += scale * expected(treeStart[tree], () => false)
  }
  return { base: mean, contributions, mostPlayers }
}
