// Tests on raw features in, as nodes need them; the columns of a ranks region, each distinct one once, out.

import type { ColumnRef } from '../../src/regions/column-ref.ts'
import type { Ranks, RanksColumn } from '../../src/regions/ranks.ts'
import { countBelow } from '../../src/regions/ranks.ts'
import type { NodeTest } from './node-test.ts'

/** The column that a test reads, the feature it is made of, and the column of the source's trees that stood for it. */
export type TestSource = { readonly base: ColumnRef; readonly feature: number | undefined; readonly player: number }

type RankGroup = {
  readonly flips: Set<number>
  readonly missingValue: number
  readonly missing: 'lowest' | 'highest'
}

type Entry =
  | { readonly kind: 'rank'; readonly source: TestSource; readonly group: RankGroup }
  | { readonly kind: 'member'; readonly source: TestSource; readonly column: RanksColumn }

export class RankColumns {
  readonly #entries: Entry[] = []
  readonly #numbers = new Map<string, number>()

  /** Number of the column that holds the test; no column holds tests of two players. */
  add(source: TestSource, test: Exclude<NodeTest, { kind: 'constant' }>): number {
    const { player } = source
    if (test.kind === 'member') {
      const { column } = test
      const key = `${player} in ${column.keys.join()} ${column.unknownBit}`
      return this.#number(key, () => ({ kind: 'member', source, column }))
    }
    const { missing, missingValue, flip } = test
    const number = this.#number(`${player} by ${missingValue} ${missing}`, () => {
      return { kind: 'rank', source, group: { flips: new Set(), missingValue, missing } }
    })
    const entry = this.#entries[number]
    if (entry.kind === 'rank') entry.group.flips.add(flip)
    return number
  }

  #number(key: string, make: () => Entry): number {
    const known = this.#numbers.get(key)
    if (known !== undefined) return known
    this.#numbers.set(key, this.#entries.length)
    return this.#entries.push(make()) - 1
  }

  /** The region; a graph needs at least one column, so trees of single leaves get one that is always 0. */
  toRegion(): Ranks {
    if (this.#entries.length === 0) {
      const column = { kind: 'member', keys: [], bits: [], unknownBit: 0 } as const
      return { kind: 'ranks', inputs: [{ region: 0, column: 0 }], columns: [column] }
    }
    const sources = this.#entries.map(({ source }) => source)
    const inputs = sources.map(({ base }) => base)
    const players = hasOnePlayerAFeature(sources) ? {} : { players: sources.map(({ player }) => player) }
    return { kind: 'ranks', inputs, columns: this.#entries.map(toColumn), ...players }
  }
}

function hasOnePlayerAFeature(sources: readonly TestSource[]): boolean {
  const playerOf = new Map<number | undefined, number>()
  for (const { feature, player } of sources) {
    if ((playerOf.get(feature) ?? player) !== player) return false
    playerOf.set(feature, player)
  }
  return true
}

function toColumn(entry: Entry): RanksColumn {
  if (entry.kind === 'member') return entry.column
  const { flips, missingValue, missing } = entry.group
  return { kind: 'rank', flipPoints: Float64Array.from(flips).sort(), missingValue, missing }
}

/** What a node of column `column` compares with: right where the rank is greater. */
export function rankOf(column: RanksColumn, flip: number): number {
  return column.kind === 'member' ? 0 : countBelow(column.flipPoints, flip)
}
