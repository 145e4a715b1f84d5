// bzip2 streams in, what they hold out (the format as Joe Tsai's "BZIP2: Format Specification" of 2016 has it).

import { readBlock, type BlockTables } from './bzip2-block.ts'
import { BitReader } from './bit-reader.ts'
import { damaged } from './damaged.ts'
import type { OutputBuffer } from './output-buffer.ts'

/** First halves of the numbers that begin a block (π) and end a stream (√π). */
const [blockStart, streamEnd] = [0x314159, 0x177245]

/** Reads one stream after the other to the end of `bytes`. @throws FILE_CORRUPT, UNSUPPORTED, LIMIT_EXCEEDED */
export function decodeBzip2(bytes: Uint8Array, output: OutputBuffer): Uint8Array {
  const bits = new BitReader(bytes, 'bz2')
  // Large, and so made once for the blocks of all streams.
  const tables: BlockTables = { next: new Uint32Array(0) }
  do readStream(bits, output, tables)
  while (!bits.isAtEnd)
  return output.view()
}

function readStream(bits: BitReader, output: OutputBuffer, tables: BlockTables): void {
  const level = bits.take(24) === 0x425a68 ? bits.take(8) - 0x30 : 0
  if (level < 1 || level > 9) throw damaged('bz2', 'a stream does not begin as one')
  let combined = 0
  for (;;) {
    const [first, second] = [bits.take(24), bits.take(24)]
    const checksum = bits.take32()
    if (first === streamEnd && second === 0x385090) {
      if (checksum !== combined) throw damaged('bz2', 'its checksum does not fit')
      bits.alignToByte()
      return
    }
    if (first !== blockStart || second !== 0x265359) throw damaged('bz2', 'a block does not begin as one')
    const start = output.length
    readBlock(bits, { output, tables, capacity: level * 100_000 })
    if (blockChecksum(output.view(start)) !== checksum) throw damaged('bz2', 'the checksum of a block does not fit')
    combined = (((combined << 1) | (combined >>> 31)) ^ checksum) >>> 0
  }
}

/** CRC-32 with the highest bit first. */
function blockChecksum(bytes: Uint8Array): number {
  let crc = -1
  for (let i = 0; i < bytes.length; i++) crc = (crc << 8) ^ crcTable[(crc >>> 24) ^ bytes[i]]
  return ~crc >>> 0
}

const crcTable = Int32Array.from({ length: 256 }, (_zero, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc
})
