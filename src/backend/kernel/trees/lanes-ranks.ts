// Trees in, groups of them whose tests of any one column have at most 255 different ranks out, so that a byte tells them apart.

import type { LaneTree } from './lanes-trees.ts'

export type RankGroup = {
  readonly trees: readonly LaneTree[]
  /** Columns that its trees read: the slot they are copied to is their place here. */
  readonly columns: readonly number[]
  /** Per slot, ascending: a value is coded as the number of these below it. */
  readonly ranks: readonly (readonly number[])[]
}

const mostRanks = 255

const byteRanks = Array.from({ length: mostRanks }, (_, rank) => rank)

/** One group, whose ranks are 0 to 254, where the encoder's ranks are bytes themselves. */
export function groupByRanks(trees: readonly LaneTree[], hasByteRanks: boolean): RankGroup[] {
  const groups: RankGroup[] = []
  let members: LaneTree[] = []
  let seen = new Map<number, Set<number>>()
  const close = (): void => {
    const columns = [...seen.keys()].sort((a, b) => a - b)
    const ranks = columns.map((column) =>
      hasByteRanks ? byteRanks : [...(seen.get(column) ?? [])].sort((a, b) => a - b),
    )
    groups.push({ trees: members, columns, ranks })
    members = []
    seen = new Map()
  }
  for (const tree of trees) {
    if (!hasByteRanks && !fits(seen, tree)) close()
    for (const node of tree.nodes) {
      if (node.kind === 'leaf') continue
      const known = seen.get(node.column)
      if (known === undefined) seen.set(node.column, new Set([node.rank]))
      else known.add(node.rank)
    }
    members.push(tree)
  }
  close()
  return groups
}

/** A rank that two tests of a tree share counts twice, which closes a group a little early at worst. */
function fits(seen: ReadonlyMap<number, ReadonlySet<number>>, { nodes }: LaneTree): boolean {
  const counts = new Map<number, number>()
  for (const node of nodes) {
    if (node.kind === 'leaf') continue
    const known = seen.get(node.column)
    if (known?.has(node.rank) === true) continue
    const count = (counts.get(node.column) ?? known?.size ?? 0) + 1
    if (count > mostRanks) return false
    counts.set(node.column, count)
  }
  return true
}

/** Place of `rank` in an ascending list that holds it. */
export function placeOfRank(ranks: readonly number[], rank: number): number {
  let low = 0
  let high = ranks.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (ranks[middle] < rank) low = middle + 1
    else high = middle
  }
  return low
}
