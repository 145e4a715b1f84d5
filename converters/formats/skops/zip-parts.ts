// The bytes of a zip archive in; its parts by name, each checked against its CRC-32 when it is asked for, out.

import { isMLError } from '../../../src/errors.ts'
import { crc32 } from '../pickle/checksums.ts'
import { inflateWithin } from '../pickle/compression/deflate.ts'
import { pickleLimits } from '../pickle/pickle-limits.ts'
import { skopsCorrupt, skopsUnsupported } from './skops-error.ts'
import { skopsLimitError, skopsLimits } from './skops-limits.ts'

const [localMagic, directoryMagic, endMagic] = [0x04034b50, 0x02014b50, 0x06054b50]
/** The record at the end, and the longest comment after it. */
const [endByteLength, commentByteLength] = [22, 0xffff]
const isEncrypted = 1
/** In place of numbers that stand in a zip64 record. */
const [far16, far32] = [0xffff, 0xffff_ffff]

type Part = {
  readonly method: number
  readonly checksum: number
  readonly packedByteLength: number
  readonly byteLength: number
  readonly offset: number
}

/** What may still be read of a file, archives inside it included. */
export type ByteBudget = { left: number }

export type ZipParts = {
  readonly names: ReadonlySet<string>
  /** Undefined where there is no such part. @throws FILE_CORRUPT, UNSUPPORTED, LIMIT_EXCEEDED */
  read(name: string): Uint8Array | undefined
}

/** Sections of APPNOTE.TXT 6.3.10: 4.3.7 local header, 4.3.12 directory, 4.3.16 its end. */
export function openZip(bytes: Uint8Array, budget: ByteBudget): ZipParts {
  if (bytes.length > skopsLimits.byteLength) throw skopsLimitError('byteLength', bytes.length)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const parts = readDirectory(bytes, view)
  return {
    names: new Set(parts.keys()),
    read(name) {
      const part = parts.get(name)
      if (part === undefined) return undefined
      budget.left -= part.byteLength
      if (budget.left < 0) throw skopsLimitError('byteLength', skopsLimits.byteLength - budget.left)
      return readPart(bytes, view, { name, part })
    },
  }
}

function readDirectory(bytes: Uint8Array, view: DataView): Map<string, Part> {
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  const start = view.getUint32(end + 16, true)
  if (count === far16 || start === far32) return new Map(zip64(view, end, bytes))
  return new Map(entriesOf(bytes, view, { start, count, end }))
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - endByteLength - commentByteLength)
  for (let at = view.byteLength - endByteLength; at >= lowest; at--)
    if (view.getUint32(at, true) === endMagic && at + endByteLength + view.getUint16(at + 20, true) === view.byteLength)
      return at
  throw skopsCorrupt('zip', 'the archive has no end')
}

/** Python writes one for more than 65,535 parts; sections 4.3.14 and 4.3.15. */
function zip64(view: DataView, end: number, bytes: Uint8Array): [string, Part][] {
  const locator = end - 20
  if (locator < 56 || view.getUint32(locator, true) !== 0x07064b50) throw skopsCorrupt('zip', 'the archive has no end')
  const record = Number(view.getBigUint64(locator + 8, true))
  if (record > locator - 56 || view.getUint32(record, true) !== 0x06064b50)
    throw skopsCorrupt('zip', 'the archive has no end')
  const count = Number(view.getBigUint64(record + 32, true))
  return entriesOf(bytes, view, { start: Number(view.getBigUint64(record + 48, true)), count, end: record })
}

type Directory = { readonly start: number; readonly count: number; readonly end: number }

function entriesOf(bytes: Uint8Array, view: DataView, { start, count, end }: Directory): [string, Part][] {
  if (count > skopsLimits.partCount) throw skopsLimitError('partCount', count)
  const decoder = new TextDecoder()
  const entries: [string, Part][] = []
  const names = new Set<string>()
  let [at, packed] = [start, 0]
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== directoryMagic)
      throw skopsCorrupt('zip', 'its directory is wrong')
    const nameEnd = at + 46 + view.getUint16(at + 28, true)
    const next = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
    if (next > end) throw skopsCorrupt('zip', 'its directory is wrong')
    const name = decoder.decode(bytes.subarray(at + 46, nameEnd))
    if (names.has(name)) throw skopsCorrupt('zip', `it has two parts of name ${JSON.stringify(name.slice(0, 60))}`)
    names.add(name)
    if (view.getUint16(at + 8, true) & isEncrypted) throw skopsUnsupported('zip', 'an encrypted part')
    const part = {
      method: view.getUint16(at + 10, true),
      checksum: view.getUint32(at + 16, true),
      packedByteLength: view.getUint32(at + 20, true),
      byteLength: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    }
    if (part.byteLength === far32 || part.packedByteLength === far32 || part.offset === far32)
      throw skopsUnsupported('zip', 'a part of 4 GB')
    packed += part.packedByteLength
    entries.push([name, part])
    at = next
  }
  // Parts that lie in each other would be unpacked again and again.
  if (packed > bytes.length) throw skopsCorrupt('zip', 'its parts overlap')
  return entries
}

type Named = { readonly name: string; readonly part: Part }

function readPart(bytes: Uint8Array, view: DataView, { name, part }: Named): Uint8Array {
  const { offset, packedByteLength, byteLength, method, checksum } = part
  if (offset + 30 > bytes.length || view.getUint32(offset, true) !== localMagic)
    throw skopsCorrupt(name, 'it is not where the directory says')
  const start = offset + 30 + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true)
  if (start + packedByteLength > bytes.length) throw skopsCorrupt(name, 'it goes beyond the end')
  const packed = bytes.subarray(start, start + packedByteLength)
  const content = unpack(packed, part, name)
  if (content.length !== byteLength || crc32(content) !== checksum)
    throw skopsCorrupt(name, `its length or checksum does not fit${method === 0 ? '' : ' (deflated)'}`)
  return content
}

/** Output below which the ratio is not looked at, so that a small model of zeros is still read. */
const freeByteLength = 2 ** 25

function unpack(packed: Uint8Array, { method, byteLength }: Part, name: string): Uint8Array {
  if (method === 0) return packed
  if (method !== 8)
    throw skopsUnsupported(name, `compression by method ${method}`, 'Save it with ZIP_STORED or ZIP_DEFLATED')
  const ratio = byteLength / Math.max(1, packed.length)
  if (byteLength > freeByteLength && ratio > skopsLimits.inflationRatio) throw skopsLimitError('inflationRatio', ratio)
  try {
    return inflateWithin(packed, { ...pickleLimits, inflatedByteLength: byteLength }, 'zip')
  } catch (cause) {
    if (!isMLError(cause)) throw cause
    throw skopsCorrupt(name, 'it is not as long as the directory says', cause)
  }
}
