// Bytes of a UBJSON file as XGBoost 1.6 and later write it in; its values out, lists of numbers as tables.

import { createError, type MLError } from '../../../src/errors.ts'
import type { BoosterValue } from './booster-value.ts'
import { NumberList } from './number-list.ts'
import { ValueBudget } from './value-budget.ts'

/**
 * UBJSON draft 12 without what XGBoost never writes (records with a count, high-precision numbers). No table is made
 * before the bytes that it is made of are known to be there.
 * @throws FILE_CORRUPT with the place of the first byte that is wrong; LIMIT_EXCEEDED
 */
export function readUbjson(bytes: Uint8Array): BoosterValue {
  return new UbjsonReader(bytes).read()
}

const decoder = new TextDecoder('utf-8', { fatal: true })

type NumberType = { readonly size: number; readonly get: (view: DataView, at: number) => number }

/** By marker; all big-endian. */
const numberTypes: Readonly<Record<string, NumberType>> = {
  i: { size: 1, get: (view, at) => view.getInt8(at) },
  U: { size: 1, get: (view, at) => view.getUint8(at) },
  I: { size: 2, get: (view, at) => view.getInt16(at) },
  l: { size: 4, get: (view, at) => view.getInt32(at) },
  L: { size: 8, get: (view, at) => Number(view.getBigInt64(at)) },
  d: { size: 4, get: (view, at) => view.getFloat32(at) },
  D: { size: 8, get: (view, at) => view.getFloat64(at) },
}

class UbjsonReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #budget = new ValueBudget()
  readonly #numbers = new NumberList()
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  read(): BoosterValue {
    const value = this.#value(this.#marker())
    while (this.#peek() === 'N') this.#at++
    if (this.#at < this.#bytes.length) throw this.#wrong('nothing after the model')
    return value
  }

  #peek(): string {
    return this.#at < this.#bytes.length ? String.fromCharCode(this.#bytes[this.#at]) : ''
  }

  /** The next marker that is no no-op. */
  #marker(): string {
    while (this.#peek() === 'N') this.#at++
    const marker = this.#peek()
    this.#at++
    return marker
  }

  #value(marker: string): BoosterValue {
    if (Object.hasOwn(numberTypes, marker)) return this.#number(marker)
    switch (marker) {
      case '{':
        return this.#record()
      case '[':
        return this.#list()
      case 'S':
        return this.#text()
      case 'C':
        return String.fromCharCode(this.#number('U'))
      case 'T':
        return true
      case 'F':
        return false
      case 'Z':
        return null
      default:
        this.#at--
        throw this.#wrong('a value')
    }
  }

  #number(marker: string): number {
    const { size, get } = numberTypes[marker]
    this.#need(size)
    const value = get(this.#view, this.#at)
    this.#at += size
    return value
  }

  #length(): number {
    const marker = this.#marker()
    if (!'iUIlL'.includes(marker) || marker === '') throw this.#wrong('a length')
    const length = this.#number(marker)
    if (!Number.isSafeInteger(length) || length < 0) throw this.#wrong(`a length of 0 or more instead of ${length}`)
    return length
  }

  #text(): string {
    this.#budget.spend()
    const length = this.#length()
    this.#need(length)
    this.#at += length
    try {
      return decoder.decode(this.#bytes.subarray(this.#at - length, this.#at))
    } catch {
      throw this.#wrong('a text in UTF-8')
    }
  }

  #record(): ReadonlyMap<string, BoosterValue> {
    this.#budget.enter()
    const record = new Map<string, BoosterValue>()
    for (;;) {
      while (this.#peek() === 'N') this.#at++
      if (this.#peek() === '}') break
      const name = this.#text()
      if (record.has(name)) throw this.#wrong(`one value named ${JSON.stringify(name.slice(0, 60))}`)
      record.set(name, this.#value(this.#marker()))
    }
    this.#at++
    this.#budget.leave()
    return record
  }

  #list(): BoosterValue {
    this.#budget.enter()
    let list: BoosterValue
    if (this.#peek() === '$') {
      this.#at++
      list = this.#table(this.#marker())
    } else if (this.#peek() === '#') {
      this.#at++
      const count = this.#length()
      this.#need(count)
      list = this.#mixed(count)
    } else list = this.#mixed(Number.POSITIVE_INFINITY)
    this.#budget.leave()
    return list
  }

  #table(marker: string): Float64Array {
    if (!Object.hasOwn(numberTypes, marker)) throw this.#wrong('a type of numbers')
    if (this.#marker() !== '#') throw this.#wrong('# and a length')
    const count = this.#length()
    const { size, get } = numberTypes[marker]
    this.#need(count * size)
    const table = new Float64Array(count)
    for (let i = 0; i < count; i++) table[i] = get(this.#view, this.#at + i * size)
    this.#at += count * size
    return table
  }

  /** `count` values, or as many as stand before `]` where that is infinite. */
  #mixed(count: number): BoosterValue {
    const values: BoosterValue[] = []
    for (let i = 0; i < count; i++) {
      const marker = this.#marker()
      if (marker === ']' && count === Number.POSITIVE_INFINITY) break
      if (values.length === 0 && Object.hasOwn(numberTypes, marker)) {
        this.#numbers.add(this.#number(marker))
        continue
      }
      // Not of numbers alone, and what comes may be a list itself: the numbers so far are taken first.
      for (const value of this.#numbers.take()) {
        this.#budget.spend()
        values.push(value)
      }
      this.#budget.spend()
      values.push(this.#value(marker))
    }
    return values.length > 0 ? values : this.#numbers.take()
  }

  #need(byteLength: number): void {
    if (byteLength > this.#bytes.length - this.#at) throw this.#wrong(`${byteLength} bytes more`)
  }

  #wrong(expected: string): MLError {
    const at = Math.min(this.#at, this.#bytes.length)
    return createError(
      'FILE_CORRUPT',
      `the XGBoost UBJSON file is broken: expected ${expected} at byte ${at} of ${this.#bytes.length}. Was it written to its end? Save the model again`,
      { details: { offset: at } },
    )
  }
}
