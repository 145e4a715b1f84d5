// An .lzma file ("LZMA alone") in, what it holds out.

import { damaged } from './damaged.ts'
import { LzmaDecoder, readProperties } from './lzma-decoder.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { RangeDecoder } from './range-decoder.ts'

const headerByteLength = 13

/** Header: properties, size of the dictionary, length or −1 (lzma-specification.txt of LZMA SDK 9.20). @throws FILE_CORRUPT */
export function decodeLzma(bytes: Uint8Array, output: OutputBuffer): Uint8Array {
  if (bytes.length < headerByteLength) throw damaged('lzma', 'it ends too early')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const properties = readProperties(bytes[0])
  if (properties === undefined) throw damaged('lzma', 'its header is wrong')
  const [low, high] = [view.getUint32(5, true), view.getUint32(9, true)]
  const isOpen = low === 0xffff_ffff && high === 0xffff_ffff
  const dictionaryByteLength = Math.max(4096, view.getUint32(1, true))
  const decoder = new LzmaDecoder(output, { name: 'lzma', dictionaryByteLength, properties })
  const range = new RangeDecoder(bytes, { start: headerByteLength, end: bytes.length, name: 'lzma' })
  const byteLength = isOpen ? Number.POSITIVE_INFINITY : low + high * 2 ** 32
  const hasEnded = decoder.decode(range, byteLength, isOpen)
  if (!hasEnded && !range.isFinished) throw damaged('lzma', 'it goes on after its length')
  if (range.position !== bytes.length) throw damaged('lzma', 'it ends before the file does')
  return output.view()
}
