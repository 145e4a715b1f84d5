// Words or characters of a text in, as UTF-8; every run of n of them out.

import { hashByte, joinHashes } from './term-hash.ts'
import { withRoom } from './utf8-text.ts'

/** A term stands in `bytes[start … end)`, which hold something else once it has been told; `hash` is that of `term-hash.ts`. */
export type EachTerm = (bytes: Uint8Array, start: number, end: number, hash: number) => void

/** One behind the other; with glue, a space stands behind each. */
export type TermItems = {
  bytes: Uint8Array
  /** Where each begins, and behind the last one where the next would. */
  starts: Int32Array
  hashes: Int32Array
  count: number
  readonly hasGlue: boolean
}

/** No string is made for a term: telling, hashing and finding one takes less than making it. */
export function createTermItems(glue: '' | ' '): TermItems {
  const nothing = new Int32Array(0)
  return { bytes: new Uint8Array(0), starts: nothing, hashes: nothing, count: 0, hasGlue: glue !== '' }
}

/** Forgets all, and makes room for the items of a text of so many bytes. */
export function beginItems(items: TermItems, byteLength: number): void {
  // glue behind each item, or a space on both sides of a word that is told by characters
  const room = withRoom(items.bytes, 2 * byteLength + 3)
  if (room !== items.bytes) {
    items.bytes = room
    // each item has a byte of the text at least, but for two spaces
    items.starts = new Int32Array((room.length >> 1) + 3)
    items.hashes = new Int32Array((room.length >> 1) + 3)
  }
  items.count = 0
  items.starts[0] = 0
}

/** `from[start … end)` is the next. */
export function addItem(items: TermItems, from: Uint8Array, start: number, end: number, hash: number): void {
  const { bytes, starts } = items
  let used = starts[items.count]
  for (let i = start; i < end; i++) bytes[used++] = from[i]
  if (items.hasGlue) bytes[used++] = 0x20
  items.hashes[items.count++] = hash
  starts[items.count] = used
}

/** Each run of `n` neighbours, glue between two, as a term. */
export function eachRun(items: TermItems, n: number, each: EachTerm): void {
  const { bytes, starts, hashes, count, hasGlue } = items
  const glueLength = hasGlue ? 1 : 0
  for (let i = 0; i + n <= count; i++) {
    let hash = hashes[i]
    for (let k = i + 1; k < i + n; k++)
      hash = joinHashes(hasGlue ? hashByte(hash, 0x20) : hash, hashes[k], starts[k + 1] - glueLength - starts[k])
    each(bytes, starts[i], starts[i + n] - glueLength, hash)
  }
}
