// An Answer in, text that any store keeps and that gives back every bit of it out; and the way back, which trusts nothing.

import { deflateSync, inflateSync } from 'fflate'
import type { Answer } from '../rows/prediction.ts'
import { base64OfBytes, bytesOfBase64 } from './base64.ts'
import { decodeTree, encodeTree, TreeFault } from './codec-tree.ts'

/** First characters of every text: who wrote it, and version 1 of the layout. Then `j` for JSON, or `z` for it deflated. */
const magic = 'tfjs1'

/** Shorter texts are not worth the time: a label with its probabilities takes about 60 characters. */
const leastCompressedLength = 1024

/** What compression must leave at most, else the plain text is kept: random float64 saves 5 %, and costs every reader. */
const mostCompressedShare = 0.9

/** Longest text that is read: Redis keeps no value over 512 MiB, and no answer comes near 32 MiB. */
const maxTextLength = 32 * 1024 ** 2

/** Most bytes that a text may inflate to: deflate gives 1032 bytes for one, so a planted text could fill the memory. */
const maxInflatedLength = 64 * 1024 ** 2

const answerFields: readonly string[] = ['label', 'probabilities', 'scores', 'value', 'vector', 'outputs']

export type Decoded =
  | { readonly isAnswer: true; readonly answer: Answer }
  /** `foreign`: none of our texts, or of a later version. `corrupt`: ours, but broken. `too-large`: over a limit. */
  | { readonly isAnswer: false; readonly fault: 'foreign' | 'corrupt' | 'too-large' }

/** @throws TreeFault where the answer holds something that is no number, string, boolean, null, array or plain object */
export function encodeAnswer(answer: Answer, isCompressed: boolean): string {
  const json = JSON.stringify(encodeTree(answer))
  if (isCompressed && json.length >= leastCompressedLength) {
    const bytes = new TextEncoder().encode(json)
    const packed = `${magic}z${bytes.length}:${base64OfBytes(deflateSync(bytes, { level: 1 }))}`
    if (packed.length <= mostCompressedShare * json.length) return packed
  }
  return `${magic}j${json}`
}

/** Reads what a store gave back: any value at all in, an answer or the reason why it is none out; never throws. */
export function decodeAnswer(stored: unknown): Decoded {
  if (typeof stored !== 'string' || !stored.startsWith(magic)) return { isAnswer: false, fault: 'foreign' }
  if (stored.length > maxTextLength) return { isAnswer: false, fault: 'too-large' }
  try {
    const answer = decodeTree(JSON.parse(jsonOf(stored)))
    if (isAnswer(answer)) return { isAnswer: true, answer }
  } catch (error) {
    if (error instanceof RangeError) return { isAnswer: false, fault: 'too-large' }
    // any other error of the parsers means the same: the text is broken, and is a miss
  }
  return { isAnswer: false, fault: 'corrupt' }
}

function jsonOf(stored: string): string {
  const layout = stored[magic.length]
  const body = stored.slice(magic.length + 1)
  if (layout === 'j') return body
  const colon = body.indexOf(':')
  if (layout !== 'z' || !/^\d{1,9}$/.test(body.slice(0, colon))) throw new TreeFault('unknown layout')
  const length = Number(body.slice(0, colon))
  if (length > maxInflatedLength) throw new RangeError('inflates beyond the limit')
  const bytes = inflateSync(bytesOfBase64(body.slice(colon + 1)), { out: new Uint8Array(length) })
  if (bytes.length !== length) throw new TreeFault('inflates to another length')
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
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
