// A tree of numbers, strings, booleans, arrays and objects in, one that JSON keeps exactly out; and back.

import { base64OfBytes, bytesOfBase64 } from './base64.ts'

/** Deepest nesting: outputs of tensor models have one level an axis, and TensorFlow.js knows six axes. */
const maxDepth = 16

/** From this length on a list of numbers goes as float64 bytes: 10.7 characters a number instead of up to 24. */
const leastPackedLength = 16

const specialNumbers = { nan: NaN, inf: Infinity, ninf: -Infinity, nzero: -0 } as const

/** The tree holds what it cannot, or its text is broken. */
export class TreeFault extends Error {}

/**
 * JSON form: strings, booleans, null and ordinary numbers as they are; arrays as arrays; all else as an object with one
 * key: `n` a number JSON has not, `f` many numbers as little-endian float64 in base64, `o` an object as its entries.
 */
export type JsonTree =
  | string
  | number
  | boolean
  | null
  | readonly JsonTree[]
  | { readonly n: string }
  | { readonly f: string }
  | { readonly o: readonly (readonly [string, JsonTree])[] }

/** @throws TreeFault */
export function encodeTree(value: unknown, depth = 0): JsonTree {
  if (depth > maxDepth) throw new TreeFault(`expected at most ${maxDepth} levels, got more`)
  if (typeof value === 'number') return encodeNumber(value)
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (Array.isArray(value)) {
    if (value.length >= leastPackedLength && value.every((element) => typeof element === 'number'))
      return { f: base64OfBytes(bytesOfNumbers(value)) }
    return Array.from(value, (element) => encodeTree(element, depth + 1))
  }
  if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value)))
    return {
      o: Object.entries(value)
        .filter(([, entry]) => entry !== undefined)
        .map(([key, entry]) => [key, encodeTree(entry, depth + 1)] as const),
    }
  throw new TreeFault(`expected numbers, strings, booleans, arrays and plain objects, got ${typeof value}`)
}

/**
 * The tree is used up: its arrays become those of the value.
 * @throws TreeFault; DOMException where base64 is broken
 */
export function decodeTree(tree: unknown, depth = 0): unknown {
  if (depth > maxDepth) throw new TreeFault(`expected at most ${maxDepth} levels, got more`)
  if (typeof tree !== 'object' || tree === null) return tree
  if (Array.isArray(tree)) {
    for (let i = 0; i < tree.length; i++) tree[i] = decodeTree(tree[i], depth + 1)
    return tree
  }
  const { n, f, o } = tree as { readonly n?: unknown; readonly f?: unknown; readonly o?: unknown }
  if (typeof n === 'string' && Object.hasOwn(specialNumbers, n)) return specialNumbers[n as keyof typeof specialNumbers]
  if (typeof f === 'string') return numbersOfBytes(bytesOfBase64(f))
  if (Array.isArray(o)) return decodeEntries(o, depth + 1)
  throw new TreeFault('expected an object with n, f or o')
}

function decodeEntries(entries: readonly unknown[], depth: number): Record<string, unknown> {
  const object: Record<string, unknown> = {}
  for (const entry of entries) {
    if (!Array.isArray(entry) || entry.length !== 2 || typeof entry[0] !== 'string')
      throw new TreeFault('expected entries of a name and a value')
    const [name, value] = [entry[0], decodeTree(entry[1], depth)]
    if (name !== '__proto__') object[name] = value
    // assigning would set the prototype; this is only a name
    else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  }
  return object
}

function encodeNumber(value: number): JsonTree {
  if (Number.isNaN(value)) return { n: 'nan' }
  if (value === Infinity) return { n: 'inf' }
  if (value === -Infinity) return { n: 'ninf' }
  return Object.is(value, -0) ? { n: 'nzero' } : value
}

function bytesOfNumbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(8 * values.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < values.length; i++) view.setFloat64(8 * i, values[i], true)
  return bytes
}

function numbersOfBytes(bytes: Uint8Array<ArrayBuffer>): number[] {
  if (bytes.length % 8 !== 0) throw new TreeFault('expected whole float64 numbers')
  const view = new DataView(bytes.buffer)
  return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true))
}
