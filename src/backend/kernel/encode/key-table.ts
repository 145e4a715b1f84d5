// Known values with a number each in, the tables in which emitted code looks a value up out.

import type { KernelBuild } from '../kernel-stage.ts'
import type { KeyResults } from './encode-plan.ts'

/** Entries of a dense table a key: gaps cost memory, a search costs time. */
const maxEntriesPerKey = 16

/** Shortest range that is not worth a search. */
const smallRange = 4096

/** Integers further from 0 are searched for: their tables' addresses would not fit 32 bits. */
const maxDenseKey = 2 ** 28

/** Results as they lie in memory. */
export type ResultKind = 'u8' | 'i32' | 'f64'

export const resultByteLength = { u8: 1, i32: 4, f64: 8 } as const satisfies Record<ResultKind, number>

/**
 * Result of integer v: at `bias` + v · size, for v of [below, above], whose ends are no keys. NaN has the entry after.
 */
export type DenseTable = { readonly bias: number; readonly below: number; readonly above: number }

/** Result of keys[i] at `results` + i · size; of other values at i = count, of NaN after it. keys[count] is NaN. */
export type SortedTable = { readonly keys: number; readonly count: number; readonly results: number }

/** The smallest that holds all results. */
export function resultKindOf({ results, otherwise }: KeyResults): 'u8' | 'i32' | 'f64' {
  const all = [...results, otherwise]
  if (all.every((value) => Object.is(value, value & 0xff))) return 'u8'
  return all.every((value) => Object.is(value, value | 0)) ? 'i32' : 'f64'
}

/** What a value becomes: the first of equal keys wins. */
function toMap({ keys, results }: KeyResults): Map<number, number> {
  const map = new Map<number, number>()
  // −0 is 0 to a Map, and NaN is NaN.
  keys.forEach((key, i) => {
    if (!map.has(key)) map.set(key, results[i])
  })
  return map
}

/** Undefined where the keys are no integers, or lie too far apart. */
export function layDenseTable(build: KernelBuild, table: KeyResults, kind: ResultKind): DenseTable | undefined {
  const map = toMap(table)
  const keys = [...map.keys()].filter((key) => !Number.isNaN(key))
  if (!keys.every((key) => Number.isInteger(key) && Math.abs(key) <= maxDenseKey)) return undefined
  const least = keys.reduce((low, key) => Math.min(low, key), Infinity)
  const most = keys.reduce((high, key) => Math.max(high, key), -Infinity)
  const [below, above] = keys.length === 0 ? [-1, 0] : [least - 1, most + 1]
  if (above - below > Math.max(smallRange, maxEntriesPerKey * keys.length)) return undefined
  const entries = new Float64Array(above - below + 2).fill(table.otherwise)
  for (const key of keys) entries[key - below] = map.get(key) ?? table.otherwise
  entries[entries.length - 1] = map.get(NaN) ?? table.otherwise
  return { bias: build.memory.table(asKind(entries, kind)) - below * resultByteLength[kind], below, above }
}

export function laySortedTable(build: KernelBuild, table: KeyResults, kind: ResultKind): SortedTable {
  const map = toMap(table)
  const keys = Float64Array.from(map.keys())
    .filter((key) => !Number.isNaN(key))
    .sort()
  const results = new Float64Array(keys.length + 2).fill(table.otherwise)
  keys.forEach((key, i) => {
    results[i] = map.get(key) ?? table.otherwise
  })
  results[keys.length + 1] = map.get(NaN) ?? table.otherwise
  return {
    keys: build.memory.table(withEnd(keys)),
    count: keys.length,
    results: build.memory.table(asKind(results, kind)),
  }
}

function asKind(values: Float64Array, kind: ResultKind): Uint8Array | Int32Array | Float64Array {
  switch (kind) {
    case 'u8':
      return Uint8Array.from(values)
    case 'i32':
      return Int32Array.from(values)
    case 'f64':
      return values
  }
}

/** NaN after the last key equals no value. */
function withEnd(keys: Float64Array): Float64Array {
  const ended = new Float64Array(keys.length + 1).fill(NaN)
  ended.set(keys)
  return ended
}
