// Opcodes that carry their own value: the bytes after the opcode in; number, bigint, text or bytes out.
import { byOpcode } from './opcodes.ts'
import type { PickleSource } from './pickle-source.ts'
import type { PyValue } from './values.ts'

/** By opcode, what reads the value that follows it; undefined for opcodes that carry none. */
export const literalReaders = byOpcode<(source: PickleSource) => PyValue>({
  NONE: () => null,
  NEWTRUE: () => true,
  NEWFALSE: () => false,
  BININT: (source) => source.takeInt32(),
  BININT1: (source) => source.takeUint8(),
  BININT2: (source) => source.takeUint16(),
  BINFLOAT: (source) => source.takeFloat64(),
  LONG1: (source) => readBinaryInteger(source.takeUint8(), source),
  LONG4: (source) => readBinaryInteger(source.takeUint32(), source),
  INT: readInt,
  LONG: (source) => parseInteger(takeDigits(source).replace(/L$/, ''), source),
  FLOAT: (source) => parseFloatLine(takeDigits(source), source),
  SHORT_BINUNICODE: (source) => readUtf8(source.takeUint8(), source),
  BINUNICODE: (source) => readUtf8(source.takeUint32(), source),
  BINUNICODE8: (source) => readUtf8(source.takeUint64(), source),
  UNICODE: (source) => unescapeUnicode(takeTextLine(source), source),
  STRING: (source) => unescapeString(toLatin1(takeTextLine(source)), source),
  SHORT_BINSTRING: (source) => toLatin1(takeText(source.takeUint8(), source)),
  BINSTRING: (source) => toLatin1(takeText(source.takeUint32(), source)),
  SHORT_BINBYTES: (source) => readBytes(source.takeUint8(), source),
  BINBYTES: (source) => readBytes(source.takeUint32(), source),
  BINBYTES8: (source) => readBytes(source.takeUint64(), source),
  BYTEARRAY8: (source) => readBytes(source.takeUint64(), source),
})

/** A line that holds a module, a name or a memo slot. */
export function takeShortLine(source: PickleSource): string {
  const line = source.takeLine()
  // Python itself has no module or class of such a name.
  if (line.length > 4096) throw source.corrupt(`a name has ${line.length} bytes`)
  return toLatin1(line)
}

/** One character per byte. */
function toLatin1(bytes: Uint8Array): string {
  return toText(bytes)
}

function toText(units: Uint8Array | Uint16Array): string {
  let text = ''
  // In slices, because an argument list has a bounded length.
  for (let i = 0; i < units.length; i += 8192) text += String.fromCharCode(...units.subarray(i, i + 8192))
  return text
}

/** An int as a number where it is a safe integer, else as a bigint. */
function toInteger(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function readInt(source: PickleSource): PyValue {
  const line = takeDigits(source)
  // Protocol 0 has no booleans of its own: pickle writes them as these two spellings of an int.
  if (line === '00') return false
  if (line === '01') return true
  return parseInteger(line, source)
}

function takeDigits(source: PickleSource): string {
  const line = source.takeLine()
  if (line.length > source.limits.integerDigits) throw source.exceeded('integerDigits', line.length)
  return toLatin1(line)
}

function parseInteger(text: string, source: PickleSource): number | bigint {
  if (!/^[+-]?\d+$/.test(text)) throw source.corrupt(`'${text.slice(0, 40)}' is not an integer`)
  return toInteger(BigInt(text.replace('+', '')))
}

function readBinaryInteger(byteLength: number, source: PickleSource): number | bigint {
  if (byteLength > source.limits.integerByteLength) throw source.exceeded('integerByteLength', byteLength)
  const bytes = source.takeBytes(byteLength)
  if (byteLength === 0) return 0
  let hex = '0x'
  for (let i = byteLength - 1; i >= 0; i--) hex += bytes[i].toString(16).padStart(2, '0')
  return toInteger(BigInt.asIntN(8 * byteLength, BigInt(hex)))
}

function parseFloatLine(text: string, source: PickleSource): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text)
  if (/^[+-]?nan$/i.test(text)) return Number.NaN
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
  throw source.corrupt(`'${text.slice(0, 40)}' is not a float`)
}

// ignoreBOM keeps a leading U+FEFF, which is a word like any other in a vocabulary.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function readUtf8(byteLength: number, source: PickleSource): string {
  const bytes = takeText(byteLength, source)
  // Attribute names and words are short and ASCII: building them here is several times faster than the decoder.
  if (byteLength < 32) {
    let i = 0
    while (i < byteLength && bytes[i] < 0x80) i++
    if (i === byteLength) return String.fromCharCode(...bytes)
  }
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw source.corrupt(`a text of ${byteLength} bytes is not UTF-8`, cause)
  }
}

function readBytes(byteLength: number, source: PickleSource): Uint8Array {
  source.countObjects(2)
  return source.takeBytes(byteLength)
}

function takeText(byteLength: number, source: PickleSource): Uint8Array {
  const bytes = source.takeBytes(byteLength)
  if (byteLength > source.limits.stringByteLength) throw source.exceeded('stringByteLength', byteLength)
  return bytes
}

function takeTextLine(source: PickleSource): Uint8Array {
  const line = source.takeLine()
  if (line.length > source.limits.stringByteLength) throw source.exceeded('stringByteLength', line.length)
  return line
}

/** Python's raw-unicode-escape: only \u and \U mean something, and pickle escapes the backslash itself. */
function unescapeUnicode(line: Uint8Array, source: PickleSource): string {
  if (!line.includes(backslash)) return toLatin1(line)
  // A loop, because arrays in protocol 0 are escapes for the most part: a replacing regex takes ten times as long.
  const units = new Uint16Array(line.length)
  let unitCount = 0
  for (let i = 0; i < line.length; i++) {
    const digitCount = line[i] === backslash ? (line[i + 1] === 0x75 ? 4 : line[i + 1] === 0x55 ? 8 : 0) : 0
    const codePoint = digitCount > 0 ? parseHex(line, i + 2, digitCount) : undefined
    if (codePoint === undefined) {
      units[unitCount++] = line[i]
      continue
    }
    if (codePoint > 0x10ffff) throw source.corrupt(`\\U${codePoint.toString(16)} is not a code point`)
    if (codePoint > 0xffff) units[unitCount++] = 0xd800 + ((codePoint - 0x10000) >> 10)
    units[unitCount++] = codePoint > 0xffff ? 0xdc00 + (codePoint & 0x3ff) : codePoint
    i += 1 + digitCount
  }
  return toText(units.subarray(0, unitCount))
}

const backslash = 0x5c

function parseHex(line: Uint8Array, start: number, digitCount: number): number | undefined {
  if (start + digitCount > line.length) return undefined
  let value = 0
  for (let i = start; i < start + digitCount; i++) {
    const byte = line[i]
    const digit = byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : (byte | 0x20) - 0x57
    if (digit < 0 || digit > 15 || (byte > 0x39 && digit < 10)) return undefined
    value = value * 16 + digit
  }
  return value
}

const stringEscapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
])

/** A quoted Python 2 `str`, escapes undone; one character per byte. */
function unescapeString(line: string, source: PickleSource): string {
  const quote = line[0]
  if (line.length < 2 || (quote !== "'" && quote !== '"') || !line.endsWith(quote)) {
    throw source.corrupt('a string is not between quotes')
  }
  return line
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))/g, (_escape, hex: string, octal: string, other: string) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
      return stringEscapes.get(other) ?? other
    })
}
