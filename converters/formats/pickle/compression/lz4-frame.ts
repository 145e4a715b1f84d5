// LZ4 frames in, what they hold out (doc/lz4_Frame_format.md and doc/lz4_Block_format.md of lz4 1.9).

import { damaged, unreadPart } from './damaged.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { xxh32 } from './xxh32.ts'

const frameMagic = 0x184d2204
const [version, independent, blockChecksums, contentSize, contentChecksum, dictionary] = [0x40, 0x20, 0x10, 8, 4, 1]
/** A match reaches 64 KiB back at most. */
const longestDistance = 2 ** 16 - 1

/** Reads one frame after the other to the end of `bytes`. @throws FILE_CORRUPT, UNSUPPORTED, LIMIT_EXCEEDED */
export function decodeLz4(bytes: Uint8Array, output: OutputBuffer): Uint8Array {
  const reader = new FrameReader(bytes)
  do readFrame(reader, output)
  while (reader.position < bytes.length)
  return output.view()
}

class FrameReader {
  position = 0
  readonly #bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  take(byteLength: number): Uint8Array {
    const start = this.position
    if (byteLength > this.#bytes.length - start) throw damaged('lz4', 'it ends too early')
    this.position += byteLength
    return this.#bytes.subarray(start, this.position)
  }

  uint32(): number {
    this.take(4)
    return this.#view.getUint32(this.position - 4, true)
  }
}

function readFrame(reader: FrameReader, output: OutputBuffer): void {
  if (reader.uint32() !== frameMagic) throw damaged('lz4', 'a frame does not begin as one')
  const headerStart = reader.position
  const [flags, blocks] = reader.take(2)
  if ((flags & 0xc2) !== version || (blocks & 0x8f) !== 0 || blocks < 0x40) throw damaged('lz4', 'its header is wrong')
  if (flags & dictionary) throw unreadPart('lz4', 'a dictionary')
  const stated = flags & contentSize ? reader.uint32() + reader.uint32() * 2 ** 32 : undefined
  const headerByteLength = reader.position - headerStart
  const [headerChecksum] = reader.take(1)
  reader.position = headerStart
  if (((xxh32(reader.take(headerByteLength)) >>> 8) & 0xff) !== headerChecksum)
    throw damaged('lz4', 'the checksum of its header does not fit')
  reader.take(1)
  const start = output.length
  readBlocks(reader, output, { flags, blockByteLength: 2 ** (8 + 2 * ((blocks >> 4) & 7)) })
  if (stated !== undefined && stated !== output.length - start) throw damaged('lz4', 'its length does not fit')
  if (flags & contentChecksum && reader.uint32() !== xxh32(output.view(start)))
    throw damaged('lz4', 'its checksum does not fit')
}

type Blocks = { readonly flags: number; readonly blockByteLength: number }

function readBlocks(reader: FrameReader, output: OutputBuffer, { flags, blockByteLength }: Blocks): void {
  const frameStart = output.length
  for (let size = reader.uint32(); size !== 0; size = reader.uint32()) {
    const start = output.length
    const block = reader.take(size % 2 ** 31)
    if (flags & blockChecksums && reader.uint32() !== xxh32(block))
      throw damaged('lz4', 'the checksum of a block does not fit')
    if (size >= 2 ** 31) output.append(block)
    else decodeBlock(block, output, flags & independent ? start : frameStart)
    if (output.length - start > blockByteLength) throw damaged('lz4', 'a block is longer than its header says')
  }
}

/** @param first where matches may begin */
function decodeBlock(block: Uint8Array, output: OutputBuffer, first: number): void {
  let position = 0
  const takeLength = (nibble: number): number => {
    let length = nibble
    if (nibble < 15) return length
    for (let byte = 255; byte === 255; length += byte) {
      if (position >= block.length) throw damaged('lz4', 'a length has no end')
      byte = block[position++]
    }
    return length
  }
  while (position < block.length) {
    const token = block[position++]
    const literals = takeLength(token >> 4)
    if (literals > block.length - position) throw damaged('lz4', 'a block ends within its literals')
    output.append(block.subarray(position, position + literals))
    position += literals
    if (position === block.length) return
    if (position + 2 > block.length) throw damaged('lz4', 'a block ends within a match')
    const distance = block[position] + 256 * block[position + 1]
    position += 2
    const length = takeLength(token & 15) + 4
    if (distance === 0 || distance > longestDistance || distance > output.length - first)
      throw damaged('lz4', 'a match begins before the data')
    output.repeat(distance, length)
  }
  throw damaged('lz4', 'a block ends with a match')
}
