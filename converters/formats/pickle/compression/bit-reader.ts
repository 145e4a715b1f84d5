// Bytes in; their bits, the highest first, out.

import { damaged } from './damaged.ts'

export class BitReader {
  readonly #bytes: Uint8Array
  readonly #name: string
  #position = 0
  #held = 0
  #heldCount = 0

  /** @param name of the compression, for errors */
  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes
    this.#name = name
  }

  /** Up to 24 bits as a number. @throws FILE_CORRUPT at the end */
  take(count: number): number {
    while (this.#heldCount < count) {
      if (this.#position === this.#bytes.length) throw damaged(this.#name, 'it ends too early')
      this.#held = (this.#held << 8) | this.#bytes[this.#position++]
      this.#heldCount += 8
    }
    this.#heldCount -= count
    return (this.#held >>> this.#heldCount) & ((1 << count) - 1)
  }

  take32(): number {
    return this.take(16) * 2 ** 16 + this.take(16)
  }

  alignToByte(): void {
    this.#heldCount -= this.#heldCount % 8
  }

  /** True where no whole byte is left. */
  get isAtEnd(): boolean {
    return this.#heldCount < 8 && this.#position === this.#bytes.length
  }
}
