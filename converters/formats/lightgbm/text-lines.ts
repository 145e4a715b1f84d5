// The bytes of a text file in; its lines one by one, decoded only where their key is wanted, out.

import { lightgbmCorrupt, lightgbmLimitError, lightgbmLimits } from './lightgbm-limits.ts'

const [newline, carriageReturn, equals] = [0x0a, 0x0d, 0x3d]
/** Longest key that is told apart; every key of LightGBM is shorter. */
const keyByteLength = 64

export class TextLines {
  /** Counted from 1, of the line that `next` found last. */
  number = 0
  readonly #bytes: Uint8Array
  readonly #decoder = new TextDecoder('utf-8')
  #start = 0
  #end = 0
  #next = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    // Editors put the mark of UTF-8 there.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#next = 3
  }

  /** Moves to the next line; false at the end of the file. @throws LIMIT_EXCEEDED */
  next(): boolean {
    const bytes = this.#bytes
    if (this.#next >= bytes.length) return false
    const found = bytes.indexOf(newline, this.#next)
    const end = found < 0 ? bytes.length : found
    const length = end - this.#next
    if (length > lightgbmLimits.lineByteLength) throw lightgbmLimitError('lineByteLength', length)
    this.#start = this.#next
    this.#end = length > 0 && bytes[end - 1] === carriageReturn ? end - 1 : end
    this.#next = end + 1
    this.number++
    return true
  }

  get isEmpty(): boolean {
    return this.#start === this.#end
  }

  /** What stands before the first `=`, or the whole line, as far as a key may be long. */
  get key(): string {
    const last = Math.min(this.#end, this.#start + keyByteLength)
    let end = this.#start
    while (end < last && this.#bytes[end] !== equals) end++
    return this.#decoder.decode(this.#bytes.subarray(this.#start, end))
  }

  /** What stands after `key` and its `=`. */
  valueAfter(key: string): string {
    return this.#decoder.decode(this.#bytes.subarray(Math.min(this.#end, this.#start + key.length + 1), this.#end))
  }

  get text(): string {
    return this.#decoder.decode(this.#bytes.subarray(this.#start, this.#end))
  }
}

/**
 * Numbers with spaces between them, `inf` among them; none in an empty text.
 * @throws FILE_CORRUPT where one is no number
 */
export function parseNumbers(text: string, where: string): Float64Array {
  const trimmed = text.trim()
  if (trimmed === '') return new Float64Array(0)
  const parts = trimmed.split(/ +/)
  const numbers = new Float64Array(parts.length)
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]
    const value = part === 'inf' ? Number.POSITIVE_INFINITY : part === '-inf' ? Number.NEGATIVE_INFINITY : Number(part)
    if (Number.isNaN(value) || part === '') throw lightgbmCorrupt(where, 'numbers', `"${part}"`)
    numbers[i] = value
  }
  return numbers
}
