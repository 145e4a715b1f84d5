// A caller's row in, what kind of row it is out: named values, an array, numbers, or an error that says what to pass instead.

import type { MLError } from '../errors.ts'
import { describeValue, rowError, tagOf } from './row-error.ts'

/** True where `name` is a property of `row` or of its classes, `Object.prototype` (of any realm) apart. */
export function hasName(row: object, name: string): boolean {
  if (Object.hasOwn(row, name)) return true
  if (!(name in row)) return false
  let owner: object | null = Object.getPrototypeOf(row)
  while (owner !== null) {
    const next: object | null = Object.getPrototypeOf(owner)
    if (next === null) return false
    if (Object.hasOwn(owner, name)) return true
    owner = next
  }
  // Only a proxy says that it has a name which none of its prototypes has.
  return true
}

export function isObject(row: unknown): row is Readonly<Record<string, unknown>> {
  return typeof row === 'object' && row !== null && !ArrayBuffer.isView(row)
}

export function isNumericArray(row: unknown): row is ArrayLike<number> & object {
  if (!ArrayBuffer.isView(row) || row instanceof DataView) return false
  // As `tagOf` has it, which takes longer than to read the row: what a view says of itself holds under any prototype.
  const tag: unknown = (row as { readonly [Symbol.toStringTag]?: unknown })[Symbol.toStringTag]
  return tag === 'Float64Array' || tag === 'Float32Array' || typeof tag !== 'string' || !tag.startsWith('Big')
}

/** Objects whose contents are not properties: each would otherwise fail as "absent", which says nothing useful. */
const adviceOfTag: Readonly<Record<string, string>> = {
  Map: 'pass Object.fromEntries(row)',
  URLSearchParams: 'pass an object with numbers: Object.fromEntries(row) gives texts',
  FormData: 'pass an object with numbers: Object.fromEntries(row) gives texts',
  Promise: 'await it first',
  Set: '',
  WeakMap: '',
  Date: '',
  ArrayBuffer: 'pass a view of it, such as new Float64Array(row)',
}

/**
 * What holds of a row of any model, where no schema is known.
 * @throws INPUT_INVALID
 */
export function assertRow(row: unknown, rowIndex: number | undefined): void {
  if (Array.isArray(row) || isNumericArray(row)) return
  if (!isObject(row)) throw notARow(row, rowIndex)
  assertNamedValues(row, rowIndex)
}

/** As `assertNamedValues`, without a look at what a plain object calls itself. */
export function assertPlainOrNamed(row: object, rowIndex: number | undefined): void {
  const prototype: unknown = Object.getPrototypeOf(row)
  if (prototype !== Object.prototype && prototype !== null) assertNamedValues(row, rowIndex)
}

export function assertNamedValues(row: object, rowIndex: number | undefined): void {
  const advice = adviceOfTag[tagOf(row)]
  if (advice !== undefined) throw notARow(row, rowIndex, advice)
}

export function notARow(row: unknown, rowIndex: number | undefined, advice = adviceFor(row)): MLError {
  const got = ArrayBuffer.isView(row) ? `an object (${tagOf(row)})` : describeValue(row)
  return rowError({
    rowIndex,
    text: `a row must be an object by feature name, an array or a typed array of numbers, got ${got}${advice === '' ? '' : `; ${advice}`}`,
    details: { expected: 'object, array or typed array', got },
  })
}

function adviceFor(row: unknown): string {
  if (typeof row === 'string') return 'parse it first, for example with JSON.parse'
  return ArrayBuffer.isView(row) ? 'pass a Float64Array or a plain array of numbers' : ''
}
