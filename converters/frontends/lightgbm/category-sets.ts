// A categorical node of a LightGBM tree in; the codes that go left there out.

import { lightgbmCorrupt } from '../../formats/lightgbm/lightgbm-limits.ts'
import type { LightgbmTree } from '../../formats/lightgbm/read-tree.ts'

/** Codes in ascending order: bit b of word w is code 32 · w + b (`FindInBitset` of LightGBM's utils/common.h). */
export function categorySetOf({ threshold, categoryStart, categoryWords }: LightgbmTree, node: number): number[] {
  const set = threshold[node]
  if (!Number.isInteger(set) || set < 0 || set >= categoryStart.length - 1)
    throw lightgbmCorrupt('cat_boundaries', `a category set of each categorical node`, `set ${set}`)
  const codes: number[] = []
  const start = categoryStart[set]
  for (let at = start; at < categoryStart[set + 1]; at++) {
    for (let word = categoryWords[at], bit = 0; word !== 0; bit++, word = Math.floor(word / 2))
      if (word % 2 === 1) codes.push(32 * (at - start) + bit)
  }
  return codes
}
