// Bytes in; a hash of them out, which that of several terms in a row can be made of.

const base = 0x01000193

/** The hash of nothing. */
export const emptyHash = 0

/** What the hash becomes by one byte more. */
export function hashByte(hash: number, byte: number): number {
  return (Math.imul(hash, base) + byte) | 0
}

export function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = emptyHash
  for (let i = start; i < end; i++) hash = hashByte(hash, bytes[i])
  return hash
}

const powers = Int32Array.from({ length: 128 }, (_, length) => powerOf(length))

/** Of bytes that are followed by `length` more, whose hash is `next`. */
export function joinHashes(hash: number, next: number, length: number): number {
  return (Math.imul(hash, length < powers.length ? powers[length] : powerOf(length)) + next) | 0
}

function powerOf(length: number): number {
  let power = 1
  for (let square = base, left = length; left > 0; left = Math.floor(left / 2), square = Math.imul(square, square))
    if (left % 2 === 1) power = Math.imul(power, square)
  return power
}
