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
  UNICODE: (source) => unescapeUnicode(toLatin1(takeTextLine(source)), source),
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
  let text = ''
  // In slices, because an argument list has a bounded length.
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
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
function unescapeUnicode(text: string, source: PickleSource): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g, (_escape, short: string, long: string) => {
    const codePoint = Number.parseInt(short ?? long, 16)
    if (codePoint > 0x10ffff) throw source.corrupt(`\\U${long} is not a code point`)
    return String.fromCodePoint(codePoint)
  })
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
