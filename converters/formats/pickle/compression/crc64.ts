// Bytes in, the CRC-64 that xz states, as two halves of 32 bits, out (section 6 of the xz file format 1.2.0).

export type Crc64 = { readonly low: number; readonly high: number }

export function crc64(bytes: Uint8Array): Crc64 {
  let [low, high] = [-1, -1]
  for (let i = 0; i < bytes.length; i++) {
    const entry = 2 * ((low ^ bytes[i]) & 0xff)
    low = ((low >>> 8) | (high << 24)) ^ table[entry]
    high = (high >>> 8) ^ table[entry + 1]
  }
  return { low: ~low >>> 0, high: ~high >>> 0 }
}

/** Halves of each byte's remainder, the low one first. */
const table = Int32Array.from({ length: 512 }, (_zero, entry) => remainderOf(entry >> 1)[entry & 1])

function remainderOf(byte: number): readonly [low: number, high: number] {
  let [low, high] = [byte, 0]
  for (let bit = 0; bit < 8; bit++) {
    const isOdd = low & 1
    low = (low >>> 1) | (high << 31)
    high >>>= 1
    if (isOdd) {
      low ^= 0xd7870f42
      high ^= 0xc96c5795
    }
  }
  return [low, high]
}
