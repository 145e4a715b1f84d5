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
export function resultKindOf({ results, otherwise }: KeyResults): ResultKind {
  const isByte = (value: number): boolean => Object.is(value, value & 0xff)
  if (isByte(otherwise) && results.every(isByte)) return 'u8'
  const isInteger = (value: number): boolean => Object.is(value, value | 0)
  return isInteger(otherwise) && results.every(isInteger) ? 'i32' : 'f64'
}

/** A list of keys, looked through once for all tables that share it. */
export type KeyIndex = {
  /** Distinct, ascending, without NaN. */
  readonly sorted: Float64Array
  /** Where each of them stands first in the list. */
  readonly places: Int32Array
  /** Where NaN stands first; −1 where it does not. */
  readonly placeOfNaN: number
  readonly isDense: boolean
}

export function indexKeys(keys: readonly number[]): KeyIndex {
  // −0 is 0 to a Map, and NaN is NaN.
  const known = new Map<number, number>()
  for (let i = 0; i < keys.length; i++) if (!known.has(keys[i])) known.set(keys[i], i)
  const placeOfNaN = known.get(NaN) ?? -1
  known.delete(NaN)
  const sorted = new Float64Array(known.size)
  const places = new Int32Array(known.size)
  let count = 0
  for (const key of known.keys()) sorted[count++] = key
  sorted.sort()
  for (let i = 0; i < count; i++) places[i] = known.get(sorted[i]) ?? -1
  const range = sorted.length === 0 ? 0 : sorted[sorted.length - 1] - sorted[0]
  return {
    sorted,
    places,
    placeOfNaN,
    isDense:
      range <= Math.max(smallRange, maxEntriesPerKey * sorted.length) &&
      sorted.every((key) => Number.isInteger(key) && Math.abs(key) <= maxDenseKey),
  }
}

/** For keys that are integers, and not too far apart. */
export function layDenseTable(build: KernelBuild, index: KeyIndex, table: ResultTable): DenseTable {
  const { sorted, places, placeOfNaN } = index
  const { results, otherwise, kind } = table
  const [below, above] = sorted.length === 0 ? [-1, 0] : [sorted[0] - 1, sorted[sorted.length - 1] + 1]
  const entries = createResults(kind, above - below + 2).fill(otherwise)
  for (let i = 0; i < sorted.length; i++) entries[sorted[i] - below] = results[places[i]]
  if (placeOfNaN >= 0) entries[entries.length - 1] = results[placeOfNaN]
  return { bias: build.memory.table(entries) - below * resultByteLength[kind], below, above }
}

export function laySortedTable(build: KernelBuild, index: KeyIndex, table: ResultTable): SortedTable {
  const { sorted, places, placeOfNaN } = index
  const { results, otherwise, kind } = table
  const count = sorted.length
  const entries = createResults(kind, count + 2).fill(otherwise)
  for (let i = 0; i < count; i++) entries[i] = results[places[i]]
  if (placeOfNaN >= 0) entries[count + 1] = results[placeOfNaN]
  // NaN after the last key equals no value.
  const keys = new Float64Array(count + 1).fill(NaN)
  keys.set(sorted)
  return { keys: build.memory.table(keys), count, results: build.memory.table(entries) }
}

export type ResultTable = Pick<KeyResults, 'results' | 'otherwise'> & { readonly kind: ResultKind }

function createResults(kind: ResultKind, length: number): Uint8Array | Int32Array | Float64Array {
  switch (kind) {
    case 'u8':
      return new Uint8Array(length)
    case 'i32':
      return new Int32Array(length)
    case 'f64':
      return new Float64Array(length)
  }
}
