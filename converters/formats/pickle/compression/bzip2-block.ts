// One block of a bzip2 stream in, its bytes out: Huffman codes, move to front, Burrows–Wheeler, run lengths.

import type { BitReader } from './bit-reader.ts'
import { damaged, unreadPart } from './damaged.ts'
import type { OutputBuffer } from './output-buffer.ts'

const longestCode = 20
const groupByteLength = 50
const [runA, runB] = [0, 1]

/** Memory that blocks share. */
export type BlockTables = { next: Uint32Array }

type Block = { readonly output: OutputBuffer; readonly tables: BlockTables; readonly capacity: number }

/** `bits` stands behind the checksum of the block. */
export function readBlock(bits: BitReader, { output, tables, capacity }: Block): void {
  if (bits.take(1) === 1) throw unreadPart('bz2', 'randomised blocks')
  const origin = bits.take(24)
  const symbols = readSymbols(bits)
  const endSymbol = symbols.length + 1
  const { selectors, codes } = readCodes(bits, endSymbol + 1)
  if (tables.next.length < capacity) tables.next = new Uint32Array(capacity)
  const { next } = tables
  const counts = new Uint32Array(256)
  let length = 0
  const put = (symbol: number, count: number): void => {
    if (count > capacity - length) throw damaged('bz2', 'a block is longer than its header says')
    counts[symbol] += count
    next.fill(symbol, length, length + count)
    length += count
  }

  let [run, runWeight] = [0, 1]
  for (let group = 0, left = 0, code = codes[0]; ; left--) {
    if (left === 0) {
      if (group === selectors.length) throw damaged('bz2', 'a block has no end')
      code = codes[selectors[group++]]
      left = groupByteLength
    }
    const symbol = readSymbol(bits, code)
    if (symbol === runA || symbol === runB) {
      // Digits of a number in base two whose digits are 1 and 2.
      run += runWeight * (symbol + 1)
      runWeight *= 2
      if (run > capacity) throw damaged('bz2', 'a run is longer than a block')
      continue
    }
    if (run > 0) {
      put(symbols[0], run)
      run = 0
      runWeight = 1
    }
    if (symbol === endSymbol) break
    const byte = symbols[symbol - 1]
    symbols.copyWithin(1, 0, symbol - 1)
    symbols[0] = byte
    put(byte, 1)
  }
  writeSorted(next, { counts, length, origin }, output)
}

/** Bytes that occur, in order; of sixteen groups of sixteen only those that have some are listed. */
function readSymbols(bits: BitReader): Uint8Array {
  const groups = bits.take(16)
  const symbols: number[] = []
  for (let group = 0; group < 16; group++) {
    if (((groups >> (15 - group)) & 1) === 0) continue
    const members = bits.take(16)
    for (let i = 0; i < 16; i++) if ((members >> (15 - i)) & 1) symbols.push(16 * group + i)
  }
  if (symbols.length === 0) throw damaged('bz2', 'a block has no symbols')
  return Uint8Array.from(symbols)
}

/** Canonical: for each length the code after the last, and where its symbols begin. */
type Code = { readonly ends: Int32Array; readonly offsets: Int32Array; readonly symbols: Uint16Array }

function readCodes(bits: BitReader, symbolCount: number): { selectors: Uint8Array; codes: Code[] } {
  const codeCount = bits.take(3)
  const selectorCount = bits.take(15)
  if (codeCount < 2 || codeCount > 6 || selectorCount === 0) throw damaged('bz2', 'a block has no codes')
  const order = Array.from({ length: codeCount }, (_, i) => i)
  const selectors = Uint8Array.from({ length: selectorCount }, () => {
    let place = 0
    while (bits.take(1) === 1) if (++place >= codeCount) throw damaged('bz2', 'a selector names no code')
    const [code] = order.splice(place, 1)
    order.unshift(code)
    return code
  })
  return { selectors, codes: Array.from({ length: codeCount }, () => readCode(bits, symbolCount)) }
}

function readCode(bits: BitReader, symbolCount: number): Code {
  let length = bits.take(5)
  const lengths = Uint8Array.from({ length: symbolCount }, () => {
    while (bits.take(1) === 1) {
      length += bits.take(1) === 0 ? 1 : -1
      if (length < 1 || length > longestCode) break
    }
    if (length < 1 || length > longestCode) throw damaged('bz2', 'a code has a length that none has')
    return length
  })
  const ends = new Int32Array(longestCode + 1)
  const offsets = new Int32Array(longestCode + 1)
  const symbols: number[] = []
  for (let bitCount = 1, code = 0; bitCount <= longestCode; bitCount++, code *= 2) {
    offsets[bitCount] = symbols.length - code
    for (let symbol = 0; symbol < symbolCount; symbol++)
      if (lengths[symbol] === bitCount) {
        symbols.push(symbol)
        code++
      }
    if (code > 2 ** bitCount) throw damaged('bz2', 'a code has more symbols than there are')
    ends[bitCount] = code
  }
  return { ends, offsets, symbols: Uint16Array.from(symbols) }
}

function readSymbol(bits: BitReader, { ends, offsets, symbols }: Code): number {
  let code = 0
  for (let bitCount = 1; bitCount <= longestCode; bitCount++) {
    code = code * 2 + bits.take(1)
    if (code < ends[bitCount]) return symbols[offsets[bitCount] + code]
  }
  throw damaged('bz2', 'a code stands for nothing')
}

type Sorted = { readonly counts: Uint32Array; readonly length: number; readonly origin: number }

/**
 * Undoes the sorting in place: each entry's low byte stays, and above it comes the number of the one that follows. Of the
 * bytes then read, four equal ones are followed by a number of further ones.
 */
function writeSorted(next: Uint32Array, { counts, length, origin }: Sorted, output: OutputBuffer): void {
  if (length === 0) return
  if (origin >= length) throw damaged('bz2', 'a block begins outside itself')
  let sum = 0
  const starts = counts.map((count) => (sum += count) - count)
  for (let i = 0; i < length; i++) next[starts[next[i] & 0xff]++] |= i << 8
  let [last, count] = [-1, 0]
  for (let i = 0, at = next[origin] >>> 8; i < length; i++, at = next[at] >>> 8) {
    const byte = next[at] & 0xff
    if (count === 4) {
      output.fill(last, byte)
      count = 0
      last = -1
      continue
    }
    count = byte === last ? count + 1 : 1
    last = byte
    output.push(byte)
  }
  if (count === 4) throw damaged('bz2', 'a run has no length')
}
