// A record of an XGBoost or CatBoost file in; its fields, checked for type and length, out.

import { createError, type MLError } from '../../../src/errors.ts'
import {
  type BoosterRecord,
  type BoosterValue,
  describeBoosterValue,
  isBoosterList,
  isBoosterRecord,
} from '../../formats/xgboost/booster-value.ts'

type Origin = {
  readonly path: string
  readonly version: string
  /** Which framework wrote the file. @default 'XGBoost' */
  readonly framework?: string
}

export class RecordReader {
  readonly version: string
  readonly #framework: string
  readonly #record: BoosterRecord
  readonly #path: string

  constructor(record: BoosterRecord, { path, version, framework = 'XGBoost' }: Origin) {
    this.#framework = framework
    this.#record = record
    this.#path = path
    this.version = version
  }

  /** False for null too, which CatBoost writes for a list that was never filled. */
  has(name: string): boolean {
    return (this.#record.get(name) ?? undefined) !== undefined
  }

  value(name: string): BoosterValue | undefined {
    return this.#record.get(name)
  }

  record(name: string): RecordReader {
    const value = this.#record.get(name)
    if (isBoosterRecord(value)) return this.#open(value, name)
    throw this.corrupt(name, 'a record')
  }

  /** Records of a list. */
  records(name: string): RecordReader[] {
    const value = this.#record.get(name)
    if (value instanceof Float64Array && value.length === 0) return []
    if (!isBoosterList(value)) throw this.corrupt(name, 'a list of records')
    return value.map((entry, i) => {
      if (isBoosterRecord(entry)) return this.#open(entry, `${name}[${i}]`)
      throw this.corrupt(name, `a record at ${i}`)
    })
  }

  /** A number that is finite. */
  finite(name: string): number {
    const value = this.#record.get(name)
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw this.corrupt(name, 'a finite number')
  }

  text(name: string): string {
    const value = this.#record.get(name)
    if (typeof value === 'string') return value
    throw this.corrupt(name, 'a text')
  }

  texts(name: string): string[] {
    const value = this.#record.get(name)
    if (value === undefined || (value instanceof Float64Array && value.length === 0)) return []
    if (isBoosterList(value) && value.every((entry) => typeof entry === 'string')) return [...value]
    throw this.corrupt(name, 'a list of texts')
  }

  /** A whole number, which XGBoost writes as a text; `absent` where the field is not there. */
  count(name: string, absent?: number): number {
    const value = this.#record.get(name)
    if (value === undefined && absent !== undefined) return absent
    const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count
    throw this.corrupt(name, 'a whole number of 0 or more')
  }

  /** A list of numbers, or of yes and no; of `length` where that is given. */
  numbers(name: string, length?: number): Float64Array {
    const value = this.#record.get(name)
    const numbers =
      isBoosterList(value) && value.every((entry) => typeof entry === 'boolean')
        ? Float64Array.from(value, (entry) => (entry === true ? 1 : 0))
        : value
    if (numbers instanceof Float64Array && (length === undefined || numbers.length === length)) return numbers
    throw this.corrupt(name, length === undefined ? 'a list of numbers' : `a list of ${length} numbers`)
  }

  corrupt(name: string, expected: string, got = describeBoosterValue(this.#record.get(name))): MLError {
    const field = this.#pathOf(name)
    return createError(
      'FILE_CORRUPT',
      `the ${this.#framework} ${this.version} file is broken: ${field} must be ${expected}, got ${got}. Save the model again`,
      { details: { field, version: this.version } },
    )
  }

  unsupported(what: string, instead: string): MLError {
    return createError('UNSUPPORTED', `${this.#framework} ${this.version}: ${what} is not supported. ${instead}`, {
      details: { field: this.#path, version: this.version },
    })
  }

  #open(record: BoosterRecord, name: string): RecordReader {
    return new RecordReader(record, {
      path: this.#pathOf(name),
      version: this.version,
      framework: this.#framework,
    })
  }

  #pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`
  }
}
