// Keys and frozen answers in; the least recently used ones within bounds of count, bytes and age, kept, out.

import type { Clock } from '../observe/clock.ts'
import type { Answer } from '../rows/prediction.ts'
import type { Found } from './cache-port.ts'

export type MemoryStoreOptions = {
  readonly clock: Clock
  readonly ttlMs: number
  /** How long after that an answer is still given, marked as stale. */
  readonly staleMs: number
  readonly maxEntries: number
  /** Estimated bytes of keys and answers together. */
  readonly maxByteLength: number
}

export type MemoryStore = {
  /** Valid until the next call. */
  get(key: string): Found | undefined
  /** Freezes the answer, so that no caller changes what another gets. */
  set(key: string, answer: Answer): void
  clear(): void
  readonly entryCount: number
  readonly byteLength: number
  /** Entries given up for room so far. */
  readonly evictionCount: number
}

/** A link of the ring of entries in the order of their use; the ring's head lies between the newest and the oldest. */
type Entry = {
  readonly key: string
  readonly answer: Answer
  readonly freshUntil: number
  readonly expiresAt: number
  /** As of the latest look, which gives the entry itself away instead of making an object. */
  isStale: boolean
  readonly byteLength: number
  newer: Entry
  older: Entry
}

/**
 * What an entry costs beside its key and answer: map slot, entry, answer object, array headers. Rather too much than too
 * little: with it, small answers of 18 features count 640 bytes, where Node 20's heap grew by 464.
 */
const entryOverhead = 250

export function createMemoryStore({
  clock,
  ttlMs,
  staleMs,
  maxEntries,
  maxByteLength,
}: MemoryStoreOptions): MemoryStore {
  // A ring beside the map: re-inserting into a Map to reorder it leaves holes that finding the oldest must skip.
  const entries = new Map<string, Entry>()
  const head = createHead()
  let byteLength = 0
  let evictionCount = 0

  function remove(entry: Entry): void {
    entries.delete(entry.key)
    unlink(entry)
    byteLength -= entry.byteLength
  }

  return {
    get(key) {
      const entry = entries.get(key)
      if (entry === undefined) return undefined
      const nowMs = clock.now()
      if (entry.expiresAt <= nowMs) {
        remove(entry)
        return undefined
      }
      entry.isStale = entry.freshUntil <= nowMs
      unlink(entry)
      linkAsNewest(head, entry)
      return entry
    },
    set(key, answer) {
      freezeDeep(answer)
      const former = entries.get(key)
      if (former !== undefined) remove(former)
      const ownByteLength = 2 * key.length + byteLengthOf(answer) + entryOverhead
      if (ownByteLength > maxByteLength) return
      const freshUntil = clock.now() + ttlMs
      const entry: Entry = {
        key,
        answer,
        freshUntil,
        expiresAt: freshUntil + staleMs,
        isStale: false,
        byteLength: ownByteLength,
        newer: head,
        older: head,
      }
      entries.set(key, entry)
      linkAsNewest(head, entry)
      byteLength += ownByteLength
      while (entries.size > maxEntries || byteLength > maxByteLength) {
        remove(head.newer)
        evictionCount++
      }
    },
    clear() {
      entries.clear()
      head.newer = head.older = head
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

function createHead(): Entry {
  const head = { key: '', answer: {}, freshUntil: 0, expiresAt: 0, isStale: false, byteLength: 0 } as Entry
  head.newer = head.older = head
  return head
}

/** `head.older` is the newest entry, `head.newer` the oldest. */
function linkAsNewest(head: Entry, entry: Entry): void {
  entry.newer = head
  entry.older = head.older
  head.older.newer = entry
  head.older = entry
}

function unlink(entry: Entry): void {
  entry.newer.older = entry.older
  entry.older.newer = entry.newer
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
