// Bytes of an LZMA stream in; bits, as the adaptive probabilities of their contexts tell them apart, out.

import { damaged } from './damaged.ts'

const modelBits = 11
const moveBits = 5
const smallestRange = 2 ** 24
/** Both outcomes as likely. */
export const evenProbability = 2 ** (modelBits - 1)

/** The range decoder of lzma-specification.txt (LZMA SDK 9.20). */
export class RangeDecoder {
  readonly #bytes: Uint8Array
  readonly #name: string
  #position: number
  readonly #end: number
  #range = 0xffff_ffff
  #code = 0

  /** Reads `bytes` from `start` and never past `end`. */
  constructor(
    bytes: Uint8Array,
    { start, end, name }: { readonly start: number; readonly end: number; readonly name: string },
  ) {
    this.#bytes = bytes
    this.#name = name
    this.#position = start
    this.#end = end
    if (end - start < 5) throw damaged(name, 'it ends too early')
    if (this.#next() !== 0) throw damaged(name, 'its data does not begin as such')
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#next()) >>> 0
  }

  get position(): number {
    return this.#position
  }

  /** True where a stream may end: no part of another symbol is left. */
  get isFinished(): boolean {
    return this.#code === 0
  }

  bit(probabilities: Uint16Array, index: number): 0 | 1 {
    const probability = probabilities[index]
    const bound = (this.#range >>> modelBits) * probability
    if (this.#code < bound) {
      this.#range = bound
      probabilities[index] = probability + ((2 ** modelBits - probability) >>> moveBits)
      this.#normalize()
      return 0
    }
    this.#code -= bound
    this.#range -= bound
    probabilities[index] = probability - (probability >>> moveBits)
    this.#normalize()
    return 1
  }

  /** Bits as likely as not, the highest first. */
  directBits(count: number): number {
    let value = 0
    for (let i = 0; i < count; i++) {
      this.#range = this.#range >>> 1
      const isSet = this.#code >= this.#range
      if (isSet) this.#code -= this.#range
      value = value * 2 + (isSet ? 1 : 0)
      this.#normalize()
    }
    return value
  }

  /** A number of `bitCount` bits, the highest first, whose contexts lie at `offset`. */
  tree(probabilities: Uint16Array, offset: number, bitCount: number): number {
    let node = 1
    for (let i = 0; i < bitCount; i++) node = node * 2 + this.bit(probabilities, offset + node)
    return node - 2 ** bitCount
  }

  /** The same, the lowest bit first. */
  reverseTree(probabilities: Uint16Array, offset: number, bitCount: number): number {
    let node = 1
    let value = 0
    for (let i = 0; i < bitCount; i++) {
      const bit = this.bit(probabilities, offset + node)
      node = node * 2 + bit
      value += bit * 2 ** i
    }
    return value
  }

  #normalize(): void {
    if (this.#range >= smallestRange) return
    this.#range = (this.#range << 8) >>> 0
    this.#code = ((this.#code << 8) | this.#next()) >>> 0
  }

  #next(): number {
    if (this.#position >= this.#end) throw damaged(this.#name, 'it ends too early')
    return this.#bytes[this.#position++]
  }
}
