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
    const own = ranksOf(tree)
    if (!hasByteRanks && !fits(seen, own)) close()
    for (const [column, ranks] of own) {
      const known = seen.get(column)
      if (known === undefined) seen.set(column, new Set(ranks))
      else for (const rank of ranks) known.add(rank)
    }
    members.push(tree)
  }
  close()
  return groups
}

type RankSets = ReadonlyMap<number, ReadonlySet<number>>

function ranksOf({ nodes }: LaneTree): RankSets {
  const ranks = new Map<number, Set<number>>()
  for (const node of nodes) {
    if (node.kind === 'leaf') continue
    const known = ranks.get(node.column)
    if (known === undefined) ranks.set(node.column, new Set([node.rank]))
    else known.add(node.rank)
  }
  return ranks
}

function fits(seen: RankSets, own: RankSets): boolean {
  for (const [column, ranks] of own) {
    const known = seen.get(column)
    let count = known?.size ?? 0
    for (const rank of ranks) if (known?.has(rank) !== true) count++
    if (count > mostRanks) return false
  }
  return true
}
