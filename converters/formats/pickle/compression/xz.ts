// xz streams in, what they hold out (the xz file format 1.2.0).

import { sha256Hex } from '../../../../src/artifact/sha256.ts'
import { crc32 } from '../checksums.ts'
import { crc64 } from './crc64.ts'
import { damaged, unreadPart } from './damaged.ts'
import { decodeLzma2, type ResetBudget } from './lzma2.ts'
import { resetLimit } from './lzma-limits.ts'
import type { OutputBuffer } from './output-buffer.ts'

const magic = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
const lzma2Filter = 0x21

/** Reads one stream after the other to the end of `bytes`. @throws FILE_CORRUPT, UNSUPPORTED, LIMIT_EXCEEDED */
export function decodeXz(bytes: Uint8Array, output: OutputBuffer): Uint8Array {
  const reader = new XzReader(bytes)
  const resets = { left: resetLimit(bytes.length) }
  do readStream(reader, output, resets)
  while (reader.position < bytes.length)
  return output.view()
}

class XzReader {
  position = 0
  readonly bytes: Uint8Array
  readonly #view: DataView

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  take(byteLength: number): Uint8Array {
    const start = this.position
    if (byteLength > this.bytes.length - start) throw damaged('xz', 'it ends too early')
    this.position += byteLength
    return this.bytes.subarray(start, this.position)
  }

  byte(): number {
    return this.take(1)[0]
  }

  uint32(): number {
    this.take(4)
    return this.#view.getUint32(this.position - 4, true)
  }

  /** Seven bits a byte, the lowest first; numbers beyond 2^53 fit no length and are as wrong as any. */
  number(): number {
    let [value, weight] = [0, 1]
    for (let i = 0; i < 9; i++, weight *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * weight
      if (byte < 0x80) return value
    }
    throw damaged('xz', 'a number has no end')
  }

  /** Zeros up to a multiple of four bytes from `start`. */
  pad(start: number): void {
    while ((this.position - start) % 4 !== 0) if (this.byte() !== 0) throw damaged('xz', 'its padding is not empty')
  }

  /** The checksum of all bytes from `start` follows. */
  checkSince(start: number): void {
    const checksum = crc32(this.bytes.subarray(start, this.position))
    if (this.uint32() !== checksum) throw damaged('xz', 'a checksum does not fit')
  }
}

type Sizes = { readonly unpadded: number; readonly unpacked: number }

function readStream(reader: XzReader, output: OutputBuffer, resets: ResetBudget): void {
  if (reader.take(6).some((byte, i) => byte !== magic[i])) throw damaged('xz', 'a stream does not begin as one')
  const start = reader.position
  const [zero, check] = reader.take(2)
  if (zero !== 0 || check > 15) throw damaged('xz', 'its header is wrong')
  reader.checkSince(start)
  const blocks: Sizes[] = []
  while (reader.bytes[reader.position] !== 0) blocks.push(readBlock(reader, output, { check, resets }))
  const indexByteLength = readIndex(reader, blocks)
  readFooter(reader, check, indexByteLength)
}

type BlockOptions = { readonly check: number; readonly resets: ResetBudget }

function readBlock(reader: XzReader, output: OutputBuffer, { check, resets }: BlockOptions): Sizes {
  const start = reader.position
  const headerByteLength = 4 * (reader.byte() + 1)
  const flags = reader.byte()
  if (flags & 0x3c) throw damaged('xz', 'a block has unknown flags')
  if (flags & 3) throw unreadPart('xz', 'filters before LZMA2')
  const packed = flags & 0x40 ? reader.number() : undefined
  const unpacked = flags & 0x80 ? reader.number() : undefined
  if (reader.number() !== lzma2Filter || reader.number() !== 1) throw unreadPart('xz', 'a filter other than LZMA2')
  const dictionary = reader.byte()
  if (dictionary > 40) throw damaged('xz', 'a block has a dictionary that none has')
  const rest = start + headerByteLength - 4 - reader.position
  if (rest < 0 || reader.take(rest).some((byte) => byte !== 0)) throw damaged('xz', 'a block has a wrong header')
  reader.checkSince(start)

  const [dataStart, outputStart] = [reader.position, output.length]
  const dictionaryByteLength = dictionary === 40 ? 2 ** 32 - 1 : (2 | (dictionary & 1)) * 2 ** ((dictionary >> 1) + 11)
  reader.position = decodeLzma2(reader.bytes, output, { start: dataStart, dictionaryByteLength, resets })
  const sizes = { packed: reader.position - dataStart, unpacked: output.length - outputStart }
  if (sizes.packed !== (packed ?? sizes.packed) || sizes.unpacked !== (unpacked ?? sizes.unpacked))
    throw damaged('xz', 'the length of a block does not fit')
  const checkByteLength = check === 0 ? 0 : 4 * 2 ** Math.floor((check - 1) / 3)
  reader.pad(dataStart)
  verify(output.view(outputStart), check, reader.take(checkByteLength))
  return { unpadded: headerByteLength + sizes.packed + checkByteLength, unpacked: sizes.unpacked }
}

/** Of the fifteen numbers of checks, three have a meaning. */
function verify(bytes: Uint8Array, check: number, stated: Uint8Array): void {
  if (check === 0) return
  const view = new DataView(stated.buffer, stated.byteOffset, stated.length)
  if (check === 1) {
    if (view.getUint32(0, true) === crc32(bytes)) return
  } else if (check === 4) {
    const { low, high } = crc64(bytes)
    if (view.getUint32(0, true) === low && view.getUint32(4, true) === high) return
  } else if (check === 10) {
    if (sha256Hex(bytes) === Array.from(stated, (byte) => byte.toString(16).padStart(2, '0')).join('')) return
  } else throw unreadPart('xz', 'a checksum of unknown kind')
  throw damaged('xz', 'the checksum of a block does not fit')
}

/** The length of the index, which lists all blocks again. */
function readIndex(reader: XzReader, blocks: readonly Sizes[]): number {
  const start = reader.position
  reader.take(1)
  if (reader.number() !== blocks.length) throw damaged('xz', 'its index does not fit')
  for (const { unpadded, unpacked } of blocks)
    if (reader.number() !== unpadded || reader.number() !== unpacked) throw damaged('xz', 'its index does not fit')
  reader.pad(start)
  reader.checkSince(start)
  return reader.position - start
}

function readFooter(reader: XzReader, check: number, indexByteLength: number): void {
  const checksum = reader.uint32()
  const start = reader.position
  const backward = reader.uint32()
  const [zero, sameCheck] = reader.take(2)
  if (crc32(reader.bytes.subarray(start, reader.position)) !== checksum) throw damaged('xz', 'a checksum does not fit')
  const isEnd = reader.byte() === 0x59 && reader.byte() === 0x5a
  if (!isEnd || zero !== 0 || sameCheck !== check || 4 * (backward + 1) !== indexByteLength)
    throw damaged('xz', 'its end is wrong')
}
