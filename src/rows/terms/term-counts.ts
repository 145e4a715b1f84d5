// Features that are counted, one after the other, in; those that were, in their order, with their counts, out.

import type { SparseRow } from './sparse-row.ts'

export type TermCounts = {
  /** Forgets what was counted. */
  clear(): void
  add(feature: number, amount: number): void
  /** Makes the count of a feature 1. */
  mark(feature: number): void
  /** Hands over what was counted, and forgets it. */
  takeInto(row: SparseRow): void
}

/** A bit says whether a feature is counted, and one above whether any of 32 is: so they come in their order, and nobody sorts. */
export function createTermCounts(featureCount: number): TermCounts {
  const counts = new Float64Array(featureCount)
  const bits = new Int32Array((featureCount >> 5) + 1)
  const groups = new Int32Array((bits.length >> 5) + 1)
  let isEmpty = true

  function note(feature: number): void {
    const word = feature >> 5
    bits[word] |= 1 << (feature & 31)
    groups[word >> 5] |= 1 << (word & 31)
    isEmpty = false
  }

  function takeInto(row: SparseRow): void {
    const { places, values } = row
    let count = 0
    for (let group = 0; group < groups.length; group++) {
      for (let words = groups[group]; words !== 0; words &= words - 1) {
        const word = (group << 5) | lowestBit(words)
        for (let set = bits[word]; set !== 0; set &= set - 1) {
          const feature = (word << 5) | lowestBit(set)
          places[count] = feature
          values[count++] = counts[feature]
          counts[feature] = 0
        }
        bits[word] = 0
      }
      groups[group] = 0
    }
    row.count = count
    isEmpty = true
  }

  return {
    clear() {
      if (isEmpty) return
      counts.fill(0)
      bits.fill(0)
      groups.fill(0)
      isEmpty = true
    },
    add(feature, amount) {
      note(feature)
      counts[feature] += amount
    },
    mark(feature) {
      note(feature)
      counts[feature] = 1
    },
    takeInto,
  }
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}
