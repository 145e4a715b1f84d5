// Bytes in, their 32-bit xxHash with seed 0, which LZ4 frames state, out (doc/xxhash_spec.md of xxHash 0.8).

const [prime1, prime2, prime3, prime4, prime5] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f, 0x165667b1]

export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let position = 0
  let hash = prime5 | 0
  if (bytes.length >= 16) {
    const lanes = Int32Array.of(prime1 + prime2, prime2, 0, -prime1)
    for (; position + 16 <= bytes.length; position += 16)
      for (let lane = 0; lane < 4; lane++) lanes[lane] = round(lanes[lane], view.getInt32(position + 4 * lane, true))
    hash = (rotate(lanes[0], 1) + rotate(lanes[1], 7) + rotate(lanes[2], 12) + rotate(lanes[3], 18)) | 0
  }
  hash = (hash + bytes.length) | 0
  for (; position + 4 <= bytes.length; position += 4) {
    hash = (hash + Math.imul(view.getInt32(position, true), prime3)) | 0
    hash = Math.imul(rotate(hash, 17), prime4)
  }
  for (; position < bytes.length; position++) {
    hash = (hash + Math.imul(bytes[position], prime5)) | 0
    hash = Math.imul(rotate(hash, 11), prime1)
  }
  hash = Math.imul(hash ^ (hash >>> 15), prime2)
  hash = Math.imul(hash ^ (hash >>> 13), prime3)
  return (hash ^ (hash >>> 16)) >>> 0
}

function round(lane: number, input: number): number {
  return Math.imul(rotate((lane + Math.imul(input, prime2)) | 0, 13), prime1)
}

function rotate(value: number, count: number): number {
  return (value << count) | (value >>> (32 - count))
}
