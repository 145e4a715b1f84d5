// What a store gave back in; an answer that may still be given, nothing, or the name of the damage, out.

import type { Found } from './cache-port.ts'
import { decodeAnswer } from './codec.ts'
import { freezeDeep } from './memory-store.ts'

export type ReadAnswerOptions = {
  readonly key: string
  /** Milliseconds since 1970. */
  readonly nowMs: number
  readonly ttlMs: number
  readonly staleMs: number
}

/** A string names what is wrong with the value; texts of other versions of this library are nothing. */
export function readAnswer(stored: unknown, options: ReadAnswerOptions): Found | string | undefined {
  const { key, nowMs, ttlMs, staleMs } = options
  if (stored === undefined || stored === null) return undefined
  const decoded = decodeAnswer(stored, key)
  if (!decoded.isAnswer) return decoded.fault === 'other-version' ? undefined : decoded.fault
  // Judged by this reader's times: another process may have stored it with others.
  const ageMs = nowMs - decoded.storedAtMs
  if (ageMs >= ttlMs + staleMs) return undefined
  freezeDeep(decoded.answer)
  return { answer: decoded.answer, isStale: ageMs >= ttlMs }
}

export function damagedValue(damage: string): Error {
  return new Error(
    `the cache holds a ${damage} value under one of our keys, which counts as a miss; where others write there, choose another keyPrefix`,
  )
}
