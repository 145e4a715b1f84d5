// An Answer in, text that any store keeps and that gives back every bit of it out; and the way back, which trusts nothing.

import { deflateSync, inflateSync } from 'fflate'
import type { Answer } from '../rows/prediction.ts'
import { base64OfBytes, bytesOfBase64 } from './base64.ts'
import { checksumLength, checksumOf, hasChecksum } from './checksum.ts'
import { decodeTree, encodeTree, TreeFault } from './codec-tree.ts'

/**
 * First characters of every text: who wrote it, and version 2 of the layout. Then come a checksum of the key and of all
 * that follows, `j` for JSON or `z` for it deflated, the time of day at which it was stored, `:` and the body.
 */
const magic = 'tfjs2'

const anyMagic = /^tfjs\d/

/** Where the letter of the layout stands, and with it what the checksum covers begins. */
const layoutAt = magic.length + checksumLength

/** Shorter texts are not worth the time: a label with its probabilities takes about 60 characters. */
const leastCompressedLength = 1024

/** What compression must leave at most, else the plain text is kept: random float64 saves 5 %, and costs every reader. */
const mostCompressedShare = 0.9

/** Longest text that is read: Redis keeps no value over 512 MiB, and no answer comes near 32 MiB. */
const maxTextLength = 32 * 1024 ** 2

/** Most bytes that a text may inflate to: deflate gives 1032 bytes for one, so a planted text could fill the memory. */
const maxInflatedLength = 64 * 1024 ** 2

const answerFields: readonly string[] = ['label', 'probabilities', 'scores', 'value', 'vector', 'outputs']

export type EncodeOptions = {
  /** The key that the text is stored under: under another one it is no answer. */
  readonly key: string
  /** Milliseconds since 1970: other machines read it too. */
  readonly storedAtMs: number
  readonly isCompressed: boolean
}

export type Decoded =
  | { readonly isAnswer: true; readonly answer: Answer; readonly storedAtMs: number }
  /**
   * `foreign`: none of our texts. `other-version`: of an earlier or later version of this library. `corrupt`: ours, but
   * changed or moved to another key. `too-large`: over a limit.
   */
  | { readonly isAnswer: false; readonly fault: 'foreign' | 'other-version' | 'corrupt' | 'too-large' }

/** @throws TreeFault where the answer holds something that is no number, string, boolean, null, array or plain object */
export function encodeAnswer(answer: Answer, { key, storedAtMs, isCompressed }: EncodeOptions): string {
  const json = JSON.stringify(encodeTree(answer))
  const rest = bodyOf(json, Math.round(storedAtMs), isCompressed)
  return magic + checksumOf(key, rest) + rest
}

function bodyOf(json: string, storedAtMs: number, isCompressed: boolean): string {
  if (isCompressed && json.length >= leastCompressedLength) {
    const bytes = new TextEncoder().encode(json)
    const packed = `z${storedAtMs}:${bytes.length}:${base64OfBytes(deflateSync(bytes, { level: 1 }))}`
    if (packed.length <= mostCompressedShare * json.length) return packed
  }
  return `j${storedAtMs}:${json}`
}

/** Reads what a store gave back: any value at all in, an answer or the reason why it is none out; never throws. */
export function decodeAnswer(stored: unknown, key: string): Decoded {
  if (typeof stored !== 'string') return { isAnswer: false, fault: 'foreign' }
  if (!stored.startsWith(magic)) return { isAnswer: false, fault: anyMagic.test(stored) ? 'other-version' : 'foreign' }
  if (stored.length > maxTextLength) return { isAnswer: false, fault: 'too-large' }
  try {
    if (!hasChecksum(key, stored, layoutAt)) throw new TreeFault('changed or moved')
    const { number: storedAtMs, end } = leadingNumber(stored, layoutAt + 1, 16)
    const answer = decodeTree(JSON.parse(jsonOf(stored, end)))
    if (isAnswer(answer)) return { isAnswer: true, answer, storedAtMs }
  } catch (error) {
    if (error instanceof RangeError) return { isAnswer: false, fault: 'too-large' }
    // any other error of the parsers means the same: the text is broken, and is a miss
  }
  return { isAnswer: false, fault: 'corrupt' }
}

function jsonOf(stored: string, bodyAt: number): string {
  const layout = stored[layoutAt]
  if (layout === 'j') return stored.slice(bodyAt)
  if (layout !== 'z') throw new TreeFault('unknown layout')
  const { number: length, end } = leadingNumber(stored, bodyAt, 9)
  if (length > maxInflatedLength) throw new RangeError('inflates beyond the limit')
  const bytes = inflateSync(bytesOfBase64(stored.slice(end)), { out: new Uint8Array(length) })
  if (bytes.length !== length) throw new TreeFault('inflates to another length')
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
}

/** Digits up to a colon, and where the text goes on after it. */
function leadingNumber(
  text: string,
  start: number,
  maxDigits: number,
): { readonly number: number; readonly end: number } {
  const colon = text.indexOf(':', start)
  if (colon <= start || colon - start > maxDigits) throw new TreeFault('expected a number and a colon')
  let number = 0
  for (let i = start; i < colon; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) throw new TreeFault('expected a number and a colon')
    number = 10 * number + digit
  }
  return { number, end: colon + 1 }
}

function isAnswer(value: unknown): value is Answer {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const { label, probabilities, scores, value: number, vector, outputs } = value as Record<string, unknown>
  return (
    Object.keys(value).every((field) => answerFields.includes(field)) &&
    (label === undefined || isScalar(label) || (Array.isArray(label) && label.every(isScalar))) &&
    (probabilities === undefined ||
      isNumbers(probabilities) ||
      (Array.isArray(probabilities) && probabilities.every(isNumbers))) &&
    (scores === undefined || isNumbers(scores)) &&
    (number === undefined || typeof number === 'number' || isNumbers(number)) &&
    (vector === undefined || isNumbers(vector)) &&
    (outputs === undefined || (typeof outputs === 'object' && outputs !== null && !Array.isArray(outputs)))
  )
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'number')
}
