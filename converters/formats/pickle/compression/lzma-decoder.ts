// Symbols of an LZMA stream in, bytes at the end of the output out; its state goes on from one part to the next.

import { damaged } from './damaged.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { evenProbability, type RangeDecoder } from './range-decoder.ts'

export type LzmaProperties = { readonly lc: number; readonly lp: number; readonly pb: number }

/** `lc + lp · 9 + pb · 45`; undefined where it is none. */
export function readProperties(byte: number): LzmaProperties | undefined {
  if (byte >= 9 * 5 * 5) return undefined
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) }
}

const stateCount = 12
const positionStates = 16
const lengthStates = 4
const shortestMatch = 2
const endDistance = 0xffff_ffff
const literalSize = 0x300

/** Contexts of lengths: two choices, eight short and eight middle ones a position, 256 long ones. */
type LengthContexts = {
  readonly choice: Uint16Array
  readonly short: Uint16Array
  readonly middle: Uint16Array
  readonly long: Uint16Array
}

type Contexts = {
  readonly literal: Uint16Array
  readonly isMatch: Uint16Array
  readonly isRepeat: Uint16Array
  readonly isRepeat0: Uint16Array
  readonly isRepeat1: Uint16Array
  readonly isRepeat2: Uint16Array
  readonly isLongRepeat0: Uint16Array
  readonly slot: Uint16Array
  readonly near: Uint16Array
  readonly low: Uint16Array
  readonly matchLength: LengthContexts
  readonly repeatLength: LengthContexts
}

/** Decoder of lzma-specification.txt (LZMA SDK 9.20). */
export class LzmaDecoder {
  readonly #output: OutputBuffer
  readonly #name: string
  readonly #dictionaryByteLength: number
  #properties: LzmaProperties
  #contexts: Contexts
  #state = 0
  #distances = [0, 0, 0, 0]
  /** Where the dictionary begins. */
  #first: number

  constructor(
    output: OutputBuffer,
    options: { name: string; dictionaryByteLength: number; properties: LzmaProperties },
  ) {
    this.#output = output
    this.#name = options.name
    this.#dictionaryByteLength = options.dictionaryByteLength
    this.#properties = options.properties
    this.#contexts = createContexts(options.properties)
    this.#first = output.length
  }

  resetDictionary(): void {
    this.#first = this.#output.length
  }

  resetState(properties = this.#properties): void {
    this.#properties = properties
    this.#contexts = createContexts(properties)
    this.#state = 0
    this.#distances = [0, 0, 0, 0]
  }

  /** Decodes until `byteLength` bytes came out, or to the end mark, where there may be one: true where it came. */
  decode(range: RangeDecoder, byteLength: number, hasEndMark: boolean): boolean {
    const output = this.#output
    const end = output.length + byteLength
    const { pb } = this.#properties
    const c = this.#contexts
    while (output.length < end) {
      const place = (output.length - this.#first) % 2 ** pb
      if (range.bit(c.isMatch, this.#state * positionStates + place) === 0) {
        this.#literal(range)
        continue
      }
      let length: number
      if (range.bit(c.isRepeat, this.#state) === 1) {
        if (this.#repeatedDistance(range, place)) {
          this.#copy(1, end)
          continue
        }
        length = readLength(range, c.repeatLength, place)
        this.#state = this.#state < 7 ? 8 : 11
      } else {
        length = readLength(range, c.matchLength, place)
        this.#state = this.#state < 7 ? 7 : 10
        const distance = this.#newDistance(range, length)
        if (distance === endDistance) {
          if (hasEndMark && range.isFinished) return true
          throw damaged(this.#name, 'it ends before its length')
        }
        this.#distances = [distance, this.#distances[0], this.#distances[1], this.#distances[2]]
      }
      this.#copy(length + shortestMatch, end)
    }
    return false
  }

  #literal(range: RangeDecoder): void {
    const { lc, lp } = this.#properties
    const { literal } = this.#contexts
    const written = this.#output.length - this.#first
    const before = written > 0 ? this.#output.at(1) : 0
    const offset = literalSize * ((written % 2 ** lp) * 2 ** lc + (before >>> (8 - lc)))
    let symbol = 1
    if (this.#state >= 7) {
      let matched = this.#byteAt(this.#distances[0])
      do {
        const bit = (matched >>> 7) & 1
        matched <<= 1
        const got = range.bit(literal, offset + ((1 + bit) << 8) + symbol)
        symbol = symbol * 2 + got
        if (bit !== got) break
      } while (symbol < 0x100)
    }
    while (symbol < 0x100) symbol = symbol * 2 + range.bit(literal, offset + symbol)
    this.#output.push(symbol & 0xff)
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6
  }

  /** Puts one of the last four distances first; true where a single byte is to be copied. */
  #repeatedDistance(range: RangeDecoder, place: number): boolean {
    const c = this.#contexts
    const [a, b, d, e] = this.#distances
    if (range.bit(c.isRepeat0, this.#state) === 0) {
      if (range.bit(c.isLongRepeat0, this.#state * positionStates + place) === 0) {
        this.#state = this.#state < 7 ? 9 : 11
        return true
      }
    } else if (range.bit(c.isRepeat1, this.#state) === 0) this.#distances = [b, a, d, e]
    else if (range.bit(c.isRepeat2, this.#state) === 0) this.#distances = [d, a, b, e]
    else this.#distances = [e, a, b, d]
    return false
  }

  #newDistance(range: RangeDecoder, length: number): number {
    const c = this.#contexts
    const slot = range.tree(c.slot, Math.min(length, lengthStates - 1) * 64, 6)
    if (slot < 4) return slot
    const bitCount = (slot >>> 1) - 1
    const base = (2 + (slot & 1)) * 2 ** bitCount
    if (slot < 14) return base + range.reverseTree(c.near, base - slot, bitCount)
    return base + range.directBits(bitCount - 4) * 16 + range.reverseTree(c.low, 0, 4)
  }

  #byteAt(distance: number): number {
    this.#assertReachable(distance)
    return this.#output.at(distance + 1)
  }

  #copy(length: number, end: number): void {
    this.#assertReachable(this.#distances[0])
    if (length > end - this.#output.length) throw damaged(this.#name, 'a match goes beyond its length')
    this.#output.repeat(this.#distances[0] + 1, length)
  }

  #assertReachable(distance: number): void {
    if (distance < this.#output.length - this.#first && distance < this.#dictionaryByteLength) return
    throw damaged(this.#name, 'a match begins before the data')
  }
}

/** 0 stands for the shortest match. */
function readLength(range: RangeDecoder, { choice, short, middle, long }: LengthContexts, place: number): number {
  if (range.bit(choice, 0) === 0) return range.tree(short, place * 8, 3)
  if (range.bit(choice, 1) === 0) return 8 + range.tree(middle, place * 8, 3)
  return 16 + range.tree(long, 0, 8)
}

function createContexts({ lc, lp }: LzmaProperties): Contexts {
  const contexts = (count: number): Uint16Array => new Uint16Array(count).fill(evenProbability)
  const lengths = (): LengthContexts => ({
    choice: contexts(2),
    short: contexts(positionStates * 8),
    middle: contexts(positionStates * 8),
    long: contexts(256),
  })
  return {
    literal: contexts(literalSize * 2 ** (lc + lp)),
    isMatch: contexts(stateCount * positionStates),
    isRepeat: contexts(stateCount),
    isRepeat0: contexts(stateCount),
    isRepeat1: contexts(stateCount),
    isRepeat2: contexts(stateCount),
    isLongRepeat0: contexts(stateCount * positionStates),
    slot: contexts(lengthStates * 64),
    near: contexts(128),
    low: contexts(16),
    matchLength: lengths(),
    repeatLength: lengths(),
  }
}
