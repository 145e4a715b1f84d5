// Decompressed bytes in, one after the other; all of them together, never more than the limits allow, out.

import { limitError, type PickleLimits } from '../pickle-limits.ts'

/** Grows as it fills; earlier output is what matches copy from. */
export class OutputBuffer {
  #bytes: Uint8Array<ArrayBuffer>
  #length = 0
  readonly #limits: PickleLimits
  readonly #inputByteLength: number
  /** The most that the limits allow. */
  readonly #capacity: number

  constructor(inputByteLength: number, limits: PickleLimits) {
    const { inflatedByteLength, inflationFreeByteLength, inflationRatio } = limits
    this.#inputByteLength = inputByteLength
    this.#limits = limits
    this.#capacity = Math.min(inflatedByteLength, Math.max(inflationFreeByteLength, inputByteLength * inflationRatio))
    this.#bytes = new Uint8Array(Math.min(2 ** 16, this.#capacity))
  }

  get length(): number {
    return this.#length
  }

  push(byte: number): void {
    if (this.#length === this.#bytes.length) this.#grow(this.#length + 1)
    this.#bytes[this.#length++] = byte
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  /** The byte `distance` back, which must be there. */
  at(distance: number): number {
    return this.#bytes[this.#length - distance]
  }

  /** Appends `count` bytes from `distance` back, where copies may copy themselves. */
  repeat(distance: number, count: number): void {
    this.#reserve(count)
    const bytes = this.#bytes
    const start = this.#length
    if (distance >= count) bytes.copyWithin(start, start - distance, start - distance + count)
    else for (let i = 0; i < count; i++) bytes[start + i] = bytes[start + i - distance]
    this.#length += count
  }

  fill(byte: number, count: number): void {
    this.#reserve(count)
    this.#bytes.fill(byte, this.#length, this.#length + count)
    this.#length += count
  }

  view(from = 0): Uint8Array {
    return this.#bytes.subarray(from, this.#length)
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#bytes.length) this.#grow(this.#length + count)
  }

  /** @throws LIMIT_EXCEEDED */
  #grow(needed: number): void {
    if (needed > this.#limits.inflatedByteLength) throw limitError(this.#limits, 'inflatedByteLength', needed)
    if (needed > this.#capacity)
      throw limitError(this.#limits, 'inflationRatio', Math.round(needed / this.#inputByteLength))
    const grown = new Uint8Array(Math.max(needed, Math.min(2 * this.#bytes.length, this.#capacity)))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
