// The bytes of a .pkl or .joblib file in, the pickle stream inside it out: as it is, or unpacked from any compression of joblib.
import { createError } from '../../../src/errors.ts'
import { adler32, crc32 } from './checksums.ts'
import { decodeBzip2 } from './compression/bzip2.ts'
import { damaged } from './compression/damaged.ts'
import { inflateWithin } from './compression/deflate.ts'
import { decodeLz4 } from './compression/lz4-frame.ts'
import { decodeLzma } from './compression/lzma.ts'
import { OutputBuffer } from './compression/output-buffer.ts'
import { decodeXz } from './compression/xz.ts'
import { limitError, type PickleLimits } from './pickle-limits.ts'

type Decode = (bytes: Uint8Array, output: OutputBuffer) => Uint8Array

/** joblib/compressor.py names these prefixes. */
const decoders: readonly { readonly magic: readonly number[]; readonly decode: Decode }[] = [
  { magic: [0x42, 0x5a, 0x68], decode: decodeBzip2 },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a], decode: decodeXz },
  { magic: [0x5d, 0x00, 0x00], decode: decodeLzma },
  { magic: [0x04, 0x22, 0x4d, 0x18], decode: decodeLz4 },
]

const zipMagic = [0x50, 0x4b, 0x03, 0x04]

/** @throws FILE_CORRUPT for damaged compression, LIMIT_EXCEEDED for bombs, UNSUPPORTED for what joblib does not write. */
export function openContainer(bytes: Uint8Array, limits: PickleLimits): Uint8Array {
  if (bytes.length > limits.inputByteLength) throw limitError(limits, 'inputByteLength', bytes.length)
  const decoder = decoders.find(({ magic }) => startsWith(bytes, magic))
  if (decoder !== undefined) return decoder.decode(bytes, new OutputBuffer(bytes.length, limits))
  if (startsWith(bytes, zipMagic))
    throw createError(
      'UNSUPPORTED',
      'The file is packed as zip, which is not read. A zip archive (skops, PyTorch, npz) is not a pickle: convert it as what it is, or joblib.dump the model.',
      { details: { compression: 'zip' } },
    )
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return openGzip(bytes, limits)
  if (startsWith(bytes, zfileMagic)) return openZfile(bytes, limits)
  if (bytes[0] === 0x78) return openZlib(bytes, limits)
  return bytes
}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte)
}

const zfileMagic = [0x5a, 0x46]

/** joblib until 0.9: `ZF`, the length in 19 characters of hexadecimal and blanks, with Python 2 one blank more, then zlib. */
function openZfile(bytes: Uint8Array, limits: PickleLimits): Uint8Array {
  const stated = String.fromCharCode(...bytes.subarray(2, 21))
    .trim()
    .replace(/L$/, '')
  const inflated = openZlib(bytes.subarray(bytes[21] === 0x20 ? 22 : 21), limits)
  if (/^0x[\da-f]{1,13}$/.test(stated) && Number(stated) === inflated.length) return inflated
  throw damaged('ZF', 'its length does not fit')
}

/** RFC 1950: two bytes of header, deflate, Adler-32 big-endian. */
function openZlib(bytes: Uint8Array, limits: PickleLimits): Uint8Array {
  if (bytes.length < 6 || (bytes[0] * 256 + bytes[1]) % 31 !== 0) throw damaged('zlib', 'its header is wrong')
  if (bytes[1] & 0x20) throw damaged('zlib', 'it asks for a preset dictionary')
  const inflated = inflateWithin(bytes.subarray(2, -4), limits, 'zlib')
  const stated = new DataView(bytes.buffer, bytes.byteOffset).getUint32(bytes.length - 4, false)
  if (adler32(inflated) !== stated) throw damaged('zlib', 'its checksum does not fit')
  return inflated
}

/** RFC 1952: header with optional parts, deflate, CRC-32 and length modulo 2^32, both little-endian. */
function openGzip(bytes: Uint8Array, limits: PickleLimits): Uint8Array {
  const start = gzipHeaderByteLength(bytes)
  if (bytes.length < start + 8) throw damaged('gzip', 'it is too short')
  const inflated = inflateWithin(bytes.subarray(start, -8), limits, 'gzip')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const isWhole = view.getUint32(bytes.length - 4, true) === inflated.length >>> 0
  if (!isWhole || crc32(inflated) !== view.getUint32(bytes.length - 8, true)) {
    throw damaged('gzip', 'its length or checksum does not fit')
  }
  return inflated
}

function gzipHeaderByteLength(bytes: Uint8Array): number {
  const flags = bytes[3]
  if (bytes[2] !== 8 || flags & 0xe0) throw damaged('gzip', 'its header is wrong')
  let end = 10
  if (flags & 4) end += 2 + bytes[end] + 256 * bytes[end + 1]
  // Original file name, then comment: each ends with a NUL; a missing one makes `end` 0, which the check below sees.
  for (const flag of [8, 16]) if (flags & flag) end = bytes.indexOf(0, end) + 1
  if (flags & 2) end += 2
  if (!(end >= 10)) throw damaged('gzip', 'its header is wrong')
  return end
}
