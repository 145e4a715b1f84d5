// Bytes of a JSON file as XGBoost and CatBoost write it in; its values out, lists of numbers as tables.

import { createError, type MLError } from '../../../src/errors.ts'
import type { BoosterValue } from './booster-value.ts'
import { type NumberScan, scanNumber } from './json-number.ts'
import { NumberList } from './number-list.ts'
import { ValueBudget, type ValueLimits } from './value-budget.ts'

/**
 * JSON of RFC 8259 in UTF-8, and the words NaN, Infinity and -Infinity, which XGBoost writes and no JSON has.
 * @throws FILE_CORRUPT with the place of the first byte that is wrong; LIMIT_EXCEEDED
 */
export function readJson(bytes: Uint8Array, options: JsonOptions = { file: 'the XGBoost JSON file' }): BoosterValue {
  return new JsonReader(bytes, options).read()
}

/** How errors name the file, and the limits of its format. @default those of XGBoost */
export type JsonOptions = { readonly file: string; readonly limits?: ValueLimits }

/** Where every text is: in `bytes`, between quotation marks, without escapes that must be undone. */
const decoder = new TextDecoder('utf-8', { fatal: true })

const words: readonly (readonly [text: string, value: BoosterValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]

class JsonReader {
  readonly #bytes: Uint8Array
  readonly #budget: ValueBudget
  readonly #file: string
  readonly #scan: NumberScan = { value: 0, end: 0 }
  /** One list at a time: numbers in a list have no lists in them. */
  readonly #numbers = new NumberList()
  #at = 0

  constructor(bytes: Uint8Array, { file, limits }: JsonOptions) {
    this.#bytes = bytes
    this.#file = file
    this.#budget = new ValueBudget(limits)
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3
  }

  read(): BoosterValue {
    const value = this.#value()
    this.#skipSpace()
    if (this.#at < this.#bytes.length) throw this.#wrong('nothing after the model')
    return value
  }

  #value(): BoosterValue {
    this.#skipSpace()
    const byte = this.#bytes[this.#at]
    if (byte === 0x7b) return this.#record()
    if (byte === 0x5b) return this.#list()
    if (byte === 0x22) return this.#text()
    return this.#atom()
  }

  #atom(): BoosterValue {
    if (scanNumber(this.#bytes, this.#at, this.#scan)) {
      this.#at = this.#scan.end
      return this.#scan.value
    }
    for (const [text, value] of words) {
      if (!this.#startsWith(text)) continue
      this.#at += text.length
      return value
    }
    throw this.#wrong('a value')
  }

  #startsWith(text: string): boolean {
    for (let i = 0; i < text.length; i++) if (this.#bytes[this.#at + i] !== text.charCodeAt(i)) return false
    return true
  }

  #record(): ReadonlyMap<string, BoosterValue> {
    this.#budget.enter()
    const record = new Map<string, BoosterValue>()
    this.#at++
    if (!this.#takes(0x7d)) {
      do {
        this.#skipSpace()
        if (this.#bytes[this.#at] !== 0x22) throw this.#wrong('a name in quotation marks')
        const name = this.#text()
        if (record.has(name)) throw this.#wrong(`one value named ${JSON.stringify(name.slice(0, 60))}`)
        if (!this.#takes(0x3a)) throw this.#wrong('a colon')
        record.set(name, this.#value())
      } while (this.#takes(0x2c))
      if (!this.#takes(0x7d)) throw this.#wrong('a comma or }')
    }
    this.#budget.leave()
    return record
  }

  #list(): BoosterValue {
    this.#budget.enter()
    this.#at++
    const values: BoosterValue[] = []
    if (!this.#takes(0x5d)) {
      do {
        this.#skipSpace()
        // Not a list of numbers alone, and what comes may be a list itself: the numbers so far are taken first.
        const isNested = this.#bytes[this.#at] === 0x5b || this.#bytes[this.#at] === 0x7b
        if (isNested) this.#takeNumbers(values)
        const value = this.#value()
        if (typeof value === 'number' && values.length === 0) this.#numbers.add(value)
        else {
          this.#takeNumbers(values)
          this.#budget.spend()
          values.push(value)
        }
      } while (this.#takes(0x2c))
      if (!this.#takes(0x5d)) throw this.#wrong('a comma or ]')
    }
    this.#budget.leave()
    return values.length > 0 ? values : this.#numbers.take()
  }

  #takeNumbers(values: BoosterValue[]): void {
    if (this.#numbers.length === 0) return
    for (const value of this.#numbers.take()) {
      this.#budget.spend()
      values.push(value)
    }
  }

  #text(): string {
    this.#budget.spend()
    const first = ++this.#at
    let hasEscape = false
    for (;;) {
      const byte = this.#bytes[this.#at]
      if (byte === 0x22) break
      if (byte === undefined || byte < 0x20) throw this.#wrong('the end of a text')
      if (byte === 0x5c) {
        hasEscape = true
        this.#at++
      }
      this.#at++
    }
    const part = this.#bytes.subarray(first, this.#at++)
    try {
      const text = decoder.decode(part)
      return hasEscape ? (JSON.parse(`"${text}"`) as string) : text
    } catch {
      throw this.#wrong('a text in UTF-8 with escapes of JSON')
    }
  }

  /** True where `byte` follows, which is then behind. */
  #takes(byte: number): boolean {
    this.#skipSpace()
    if (this.#bytes[this.#at] !== byte) return false
    this.#at++
    return true
  }

  #skipSpace(): void {
    const bytes = this.#bytes
    let byte = bytes[this.#at]
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++this.#at]
  }

  #wrong(expected: string): MLError {
    const got = this.#at >= this.#bytes.length ? 'the end of the file' : `byte ${this.#bytes[this.#at]}`
    return createError(
      'FILE_CORRUPT',
      `${this.#file} is broken: expected ${expected} at byte ${this.#at}, got ${got}. Was it written to its end? Save the model again`,
      { details: { offset: this.#at } },
    )
  }
}
