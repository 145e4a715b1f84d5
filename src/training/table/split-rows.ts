// A table and how to split it in, rows to train on, rows held out and folds out; the same for the same seed.

import { createSeededRandom, shuffle, spreadSeed } from '../../rows/seeded-random.ts'
import type { SplitConfig } from '../training-config.ts'
import { rowKey } from './row-key.ts'
import type { TrainingTable } from './training-table.ts'

export type RowSplit = {
  /** Rising. */
  readonly trainRows: Int32Array
  /** Rising; only rows that may be judged. */
  readonly heldOutRows: Int32Array
  /** Positions in `trainRows`; each is in one fold. */
  readonly folds: readonly Int32Array[]
}

export const defaultFoldCount = 5

/**
 * Stratified: groups of each class are shuffled, and dealt out. By time: the latest rows are held out, and each fold is one
 * stretch of time. Rows of a group, and without groups rows with equal features, stay together: what is held out was never
 * seen.
 */
export function splitRows(table: TrainingTable, split: SplitConfig, foldCount = defaultFoldCount): RowSplit {
  const group = table.group ?? equalRowGroups(table)
  const all = Int32Array.from({ length: table.rowCount }, (_, row) => row)
  const isHeldOut = split.kind === 'time' ? latestRows(table, split.heldOutShare) : randomRows(table, group, split)
  const heldOutGroups = new Set(all.filter((row) => isHeldOut[row] === 1).map((row) => group[row]))
  const trainRows = all.filter((row) => !heldOutGroups.has(group[row]))
  return {
    trainRows,
    heldOutRows: all.filter((row) => isHeldOut[row] === 1 && table.isJudged[row] === 1),
    folds: split.kind === 'time' ? timeFolds(table, trainRows, foldCount) : dealtFolds(),
  }

  function dealtFolds(): Int32Array[] {
    const random = createSeededRandom(spreadSeed(split.seed + 1))
    const foldOf = new Map<number, number>()
    let next = 0
    for (const stratum of strata(table, group, trainRows))
      for (const member of shuffle(stratum, random)) foldOf.set(member, next++ % foldCount)
    const positions = Int32Array.from(trainRows, (_, position) => position)
    return Array.from({ length: foldCount }, (_, fold) =>
      positions.filter((position) => foldOf.get(group[trainRows[position]]) === fold),
    )
  }
}

function randomRows(table: TrainingTable, group: Int32Array, { heldOutShare, seed }: SplitConfig): Uint8Array {
  const all = Int32Array.from({ length: table.rowCount }, (_, row) => row)
  const random = createSeededRandom(spreadSeed(seed))
  const heldOut = new Set<number>()
  for (const stratum of strata(table, group, all))
    for (const member of shuffle(stratum, random).slice(0, Math.round(stratum.length * heldOutShare)))
      heldOut.add(member)
  return Uint8Array.from(all, (row) => (heldOut.has(group[row]) ? 1 : 0))
}

/** Groups without, with some, and with only positive rows: each kind is dealt out evenly. */
function strata(table: TrainingTable, group: Int32Array, rows: Int32Array): number[][] {
  const counts = new Map<number, [negatives: number, positives: number]>()
  for (const row of rows) {
    const count = counts.get(group[row]) ?? [0, 0]
    count[table.target[row]] += 1
    counts.set(group[row], count)
  }
  const kinds: number[][] = [[], [], []]
  for (const [member, [negatives, positives]] of counts)
    kinds[positives === 0 ? 0 : negatives === 0 ? 2 : 1].push(member)
  return kinds
}

/** From the first time at which no more than the share is left; rows of one time are never parted. */
function latestRows({ rowCount, time = new Float64Array(rowCount) }: TrainingTable, heldOutShare: number): Uint8Array {
  const sorted = time.slice().sort()
  const cut = sorted[Math.min(rowCount - 1, Math.round(rowCount * (1 - heldOutShare)))]
  return Uint8Array.from(time, (value) => (value >= cut ? 1 : 0))
}

function timeFolds(
  { rowCount, time = new Float64Array(rowCount) }: TrainingTable,
  trainRows: Int32Array,
  foldCount: number,
): Int32Array[] {
  const byTime = Int32Array.from(trainRows, (_, position) => position).sort(
    (a, b) => time[trainRows[a]] - time[trainRows[b]] || a - b,
  )
  return Array.from({ length: foldCount }, (_, fold) =>
    byTime
      .slice(Math.floor((fold * byTime.length) / foldCount), Math.floor(((fold + 1) * byTime.length) / foldCount))
      .sort(),
  )
}

function equalRowGroups(table: TrainingTable): Int32Array {
  const numbers = new Map<string, number>()
  return Int32Array.from({ length: table.rowCount }, (_, row) => {
    const key = rowKey(table, row)
    const number = numbers.get(key) ?? numbers.size
    numbers.set(key, number)
    return number
  })
}
