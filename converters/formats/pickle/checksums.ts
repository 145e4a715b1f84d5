// Bytes in, the checksum that zlib (Adler-32) or gzip (CRC-32) states at its end out.

/** RFC 1950, section 9. */
export function adler32(bytes: Uint8Array): number {
  let a = 1
  let b = 0
  // 5552 is the most bytes whose sums stay below 2^32 without a modulo.
  for (let start = 0; start < bytes.length; start += 5552) {
    const end = Math.min(bytes.length, start + 5552)
    for (let i = start; i < end; i++) {
      a += bytes[i]
      b += a
    }
    a %= 65521
    b %= 65521
  }
  return b * 65536 + a
}

/** RFC 1952, section 8. */
export function crc32(bytes: Uint8Array): number {
  let crc = -1
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8)
  return ~crc >>> 0
}

const crcTable = Int32Array.from({ length: 256 }, (_zero, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  return crc
})
