// What a pickle holds, as inert records: the pickle machine makes them, frontends read them, nothing in them can run.

/** Python list and tuple are both arrays; int is a number where it is a safe integer, else a bigint. */
export type PyValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | PyValue[]
  | PyDict
  | PySet
  | PyGlobal
  | PyObject
  | NdArray

/** A Python dict: entries in insertion order, keys of any kind. */
export class PyDict {
  readonly entries: [PyValue, PyValue][] = []

  /** Last value stored under a string key. */
  get(key: string): PyValue | undefined {
    for (let i = this.entries.length - 1; i >= 0; i--) if (this.entries[i][0] === key) return this.entries[i][1]
    return undefined
  }
}

/** A Python set or frozenset. */
export class PySet {
  readonly items: PyValue[] = []
}

/** A reference to a class, function or ufunc that was named, and allowed, but never resolved. */
export class PyGlobal {
  readonly module: string
  readonly name: string
  constructor(module: string, name: string) {
    this.module = module
    this.name = name
  }
}

/** An instance that was described, never made: its class, constructor arguments and state. */
export class PyObject {
  readonly module: string
  readonly name: string
  readonly args: readonly PyValue[]
  /** What NEWOBJ_EX gave besides, for the few classes with keyword-only arguments. */
  keywords: PyDict | undefined = undefined
  /** What BUILD gave; for most classes a PyDict of attributes. */
  state: PyValue | undefined = undefined
  /** What APPEND(S)/ADDITEMS gave, for list and set subclasses. */
  readonly items: PyValue[] = []
  /** What SETITEM(S) gave, for dict subclasses. */
  readonly entries: [PyValue, PyValue][] = []

  constructor(module: string, name: string, args: readonly PyValue[] = []) {
    this.module = module
    this.name = name
    this.args = args
  }
}

/** Kind letters are numpy's own: f float, i/u integer, b bool, U/S text, O objects, V structured. */
export type NdKind = 'f' | 'i' | 'u' | 'b' | 'U' | 'S' | 'O' | 'V'

export type NdValues =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array
  | string[]
  | PyValue[]

/**
 * A numpy array, decoded: native byte order, C order. Floats of 8 bytes are Float64Array, of 4 and 2 Float32Array;
 * integers of up to 4 bytes Int32Array (uint32 and 64-bit ones Float64Array where every value is a safe integer, else
 * BigInt64Array or BigUint64Array); bool Uint8Array; text string[]; objects PyValue[]. A structured array has `fields`
 * and no values. Kind V without `fields` is opaque (complex, dates, long double): its values are the raw bytes.
 */
export class NdArray {
  readonly kind: NdKind
  readonly itemByteLength: number
  readonly shape: readonly number[]
  readonly values: NdValues
  readonly fields: ReadonlyMap<string, NdArray> | undefined

  constructor(
    kind: NdKind,
    itemByteLength: number,
    shape: readonly number[],
    values: NdValues,
    fields?: ReadonlyMap<string, NdArray>,
  ) {
    this.kind = kind
    this.itemByteLength = itemByteLength
    this.shape = shape
    this.values = values
    this.fields = fields
  }

  /** Number of elements (of records, for a structured array). */
  get elementCount(): number {
    return this.shape.reduce((product, size) => product * size, 1)
  }
}
