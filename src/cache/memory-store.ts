// Keys and frozen answers in; the least recently used ones within bounds of count, bytes and age, kept, out.

import type { Clock } from '../observe/clock.ts'
import type { Answer } from '../rows/prediction.ts'

export type MemoryStoreOptions = {
  readonly clock: Clock
  readonly ttlMs: number
  readonly maxEntries: number
  /** Estimated bytes of keys and answers together. */
  readonly maxByteLength: number
}

export type MemoryStore = {
  get(key: string): Answer | undefined
  /** Freezes the answer, so that no caller changes what another gets. */
  set(key: string, answer: Answer): void
  clear(): void
  readonly entryCount: number
  readonly byteLength: number
  /** Entries given up for room so far. */
  readonly evictionCount: number
}

type Entry = { readonly answer: Answer; readonly expiresAt: number; readonly byteLength: number }

/** What an entry costs beside its key and answer: map slot, entry, answer object, array headers (measured, Node 20). */
const entryOverhead = 250

/** Entries are in the order of use, the oldest first: JavaScript's own Map keeps it. */
export function createMemoryStore({ clock, ttlMs, maxEntries, maxByteLength }: MemoryStoreOptions): MemoryStore {
  const entries = new Map<string, Entry>()
  let byteLength = 0
  let evictionCount = 0

  function remove(key: string, entry: Entry): void {
    entries.delete(key)
    byteLength -= entry.byteLength
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      if (entry.expiresAt <= clock.now()) {
        remove(key, entry)
        return undefined
      }
      entries.delete(key)
      entries.set(key, entry)
      return entry.answer
    },
    set(key, answer) {
      freezeDeep(answer)
      const former = entries.get(key)
      if (former !== undefined) remove(key, former)
      const entry = {
        answer,
        expiresAt: clock.now() + ttlMs,
        byteLength: 2 * key.length + byteLengthOf(answer) + entryOverhead,
      } // prettier-ignore
      if (entry.byteLength > maxByteLength) return
      entries.set(key, entry)
      byteLength += entry.byteLength
      if (entries.size <= maxEntries && byteLength <= maxByteLength) return
      for (const [oldestKey, oldest] of entries) {
        remove(oldestKey, oldest)
        evictionCount++
        if (entries.size <= maxEntries && byteLength <= maxByteLength) return
      }
    },
    clear() {
      entries.clear()
      byteLength = 0
    },
    get entryCount() {
      return entries.size
    },
    get byteLength() {
      return byteLength
    },
    get evictionCount() {
      return evictionCount
    },
  }
}

/** Freezes in place: sharing a frozen answer costs a hit nothing, where a copy would cost each. */
export function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
  Object.freeze(value)
  if (Array.isArray(value)) {
    if (typeof value[0] !== 'object') return
    for (const element of value) freezeDeep(element)
  } else for (const key in value) freezeDeep((value as Record<string, unknown>)[key])
}

/** Estimate: a frozen array holds its numbers as objects of 12 bytes behind a pointer of 8. */
function byteLengthOf(value: unknown): number {
  if (typeof value === 'string') return 2 * value.length
  if (typeof value !== 'object' || value === null) return 20
  if (Array.isArray(value)) {
    if (typeof value[0] === 'number') return 20 * value.length
    return value.reduce((total: number, element: unknown) => total + 16 + byteLengthOf(element), 0)
  }
  let total = 0
  for (const key in value) total += 8 + byteLengthOf((value as Record<string, unknown>)[key])
  return total
}
