// A text and a seed in, 32 evenly spread bits out, the same on every machine and in every version.

const encoder = new TextEncoder()

/** MurmurHash3_x86_32 (A. Appleby, public domain) of the text's UTF-8. */
export function stableHash(text: string, seed = 0): number {
  const bytes = encoder.encode(text)
  const blockEnd = bytes.length & ~3
  let hash = seed | 0
  for (let i = 0; i < blockEnd; i += 4) {
    hash ^= scrambled(bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24))
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let i = bytes.length - 1; i >= blockEnd; i--) rest = (rest << 8) | bytes[i]
  if (bytes.length > blockEnd) hash ^= scrambled(rest)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function scrambled(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}
