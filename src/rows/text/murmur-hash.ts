// A text in, its 32-bit MurmurHash3 out, as scikit-learn's hashers place it.

import { createUtf8Text, writeUtf8 } from './utf8-text.ts'

const written = createUtf8Text()

/** The hash of the UTF-8 bytes. */
export function murmurHash(text: string): number {
  writeUtf8(written, text)
  return murmurHashOf(written.bytes, 0, written.length)
}

/**
 * MurmurHash3_x86_32 of `bytes[start … end)`, seed 0, as a signed integer.
 * Source: Austin Appleby, MurmurHash3.cpp; sklearn/utils/murmurhash.pyx of 1.9.1, `murmurhash3_bytes_s32`.
 */
export function murmurHashOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  const blocksEnd = start + (length & ~3)
  let hash = 0
  for (let i = start; i < blocksEnd; i += 4) {
    hash ^= scramble(bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24))
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let tail = 0
  for (let i = end - 1; i >= blocksEnd; i--) tail = (tail << 8) | bytes[i]
  if (end > blocksEnd) hash ^= scramble(tail)
  hash ^= length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

function scramble(block: number): number {
  const product = Math.imul(block, 0xcc9e2d51)
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593)
}

export type HashPlace = { readonly column: number; readonly sign: 1 | -1 }

/** Source: sklearn/feature_extraction/_hashing_fast.pyx of 1.9.1, `transform`. */
export function hashColumn(hash: number, columnCount: number): number {
  if (hash === -2147483648) return (2147483647 - (columnCount - 1)) % columnCount
  return Math.abs(hash) % columnCount
}
