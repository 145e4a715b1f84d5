// What is wrong with a caller's row in, an INPUT_INVALID error that names the row and the feature out.

import type { Scalar } from '../artifact/schema.ts'
import { createError, type MLError } from '../errors.ts'

/** Longest piece of a caller's value that an error repeats: enough to find it, too short to leak a document. */
const quotedLength = 40

export type RowFault = {
  /** Position in the caller's batch; undefined where there is one row only. */
  readonly rowIndex?: number
  readonly feature?: string
  /** What failed, without the place. */
  readonly text: string
  readonly cause?: unknown
  readonly details?: Readonly<Record<string, unknown>>
}

export function rowError({ rowIndex, feature, text, cause, details }: RowFault): MLError {
  const place = rowIndex === undefined ? '' : `row ${rowIndex}: `
  return createError('INPUT_INVALID', `${place}${text}`, {
    ...(cause === undefined ? {} : { cause }),
    details: {
      ...(rowIndex === undefined ? {} : { row: rowIndex }),
      ...(feature === undefined ? {} : { feature }),
      ...details,
    },
  })
}

/** A value as an error shows it: its type, and its content where that is short. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `string ${quote(value)}`
    case 'number':
    case 'boolean':
      return `${typeof value} ${String(value)}`
    case 'bigint':
      return `bigint ${shorten(String(value))}`
    case 'undefined':
      return 'undefined'
    case 'symbol':
      return 'a symbol'
    case 'function':
      return 'a function'
    case 'object':
      if (value === null) return 'null'
      if (Array.isArray(value)) return `an array of ${value.length}`
      return `an object (${tagOf(value)})`
  }
}

/** `Map`, `Date`, `Promise`, …: the same in every realm, unlike `instanceof`. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1)
}

/** Categories as a caller would write them. */
export function quoteScalar(value: Scalar): string {
  return typeof value === 'string' ? quote(value) : String(value)
}

function quote(text: string): string {
  return JSON.stringify(shorten(text))
}

function shorten(text: string): string {
  return text.length <= quotedLength ? text : `${text.slice(0, quotedLength)}…`
}
