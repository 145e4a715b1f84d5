// The state of one estimator in; its attributes, checked and typed, out; anything its spec does not know is refused.

import { NdArray, PyDict, PyGlobal, PyObject, type PyValue } from '../../formats/pickle/values.ts'
import { supportedVersions } from './supported-versions.ts'
import { corruptAttribute, missingAttribute, type Place, unsupported } from './place.ts'

/** Row-major float64. */
export type Matrix = { readonly rowCount: number; readonly columnCount: number; readonly values: Float64Array }

/** Which attributes a spec knows. */
export type KnownAttributes = {
  readonly reads: readonly string[]
  /** Attributes that change no prediction, each with the reason. */
  readonly ignored: Readonly<Record<string, string>>
  /** Why attributes of any other name change no prediction either; absent where they are refused. */
  readonly ignoresOthers?: string
}

/** Attributes that any estimator may have. */
const ignoredEverywhere: Readonly<Record<string, string>> = {
  _sklearn_version: 'read before the estimator itself',
  n_features_in_: 'the columns that arrive are counted against the fitted tables',
  feature_names_in_: 'read once, for the features of the whole model',
  _metadata_request: 'routes metadata while fitting',
  _sklearn_output_config: 'chooses the container of the output, not its numbers',
  _sklearn_auto_wrap_output_keys: 'chooses the container of the output, not its numbers',
}

export class EstimatorReader {
  readonly place: Place
  /** The record itself. */
  readonly source: PyObject
  readonly #attributes: ReadonlyMap<string, PyValue>
  readonly #known: ReadonlySet<string>

  constructor(object: PyObject, place: Place, known: KnownAttributes) {
    this.place = place
    this.source = object
    this.#attributes = attributesOf(object, place)
    this.#known = new Set(known.reads)
    if (known.ignoresOthers !== undefined) return
    for (const name of this.#attributes.keys()) {
      if (this.#known.has(name) || name in known.ignored || name in ignoredEverywhere) continue
      throw unsupported(
        place,
        `attribute ${name}`,
        `It is none that a fitted estimator of this class has in scikit-learn ${supportedVersions.text}; if you set it yourself, ` +
          'delete it before saving.',
      )
    }
  }

  has(name: string): boolean {
    return this.#attributes.has(name)
  }

  /** @throws FILE_CORRUPT where the attribute is absent. */
  value(name: string): PyValue {
    // A spec that reads what it does not list would be blind to it in its own checks.
    if (!this.#known.has(name)) throw new RangeError(`the spec of ${this.place.className} does not list ${name}`)
    const value = this.#attributes.get(name)
    if (value === undefined) throw missingAttribute(this.place, name)
    return value
  }

  valueOr<T extends PyValue>(name: string, absent: T): PyValue {
    return this.has(name) ? this.value(name) : absent
  }

  boolean(name: string): boolean {
    const value = this.value(name)
    // numpy booleans and 0 or 1 are taken for what scikit-learn takes them for.
    if (typeof value === 'boolean') return value
    if (value === 0 || value === 1) return value === 1
    throw this.corrupt(name, 'a boolean', describeValue(value))
  }

  string(name: string): string {
    const value = this.value(name)
    if (typeof value === 'string') return value
    throw this.corrupt(name, 'a text', describeValue(value))
  }

  number(name: string): number {
    return toNumber(this.value(name)) ?? this.fail(name, 'a number')
  }

  /** A finite number. */
  finite(name: string): number {
    const value = this.number(name)
    return Number.isFinite(value) ? value : this.fail(name, 'a finite number')
  }

  count(name: string): number {
    const value = this.number(name)
    return Number.isSafeInteger(value) && value >= 0 ? value : this.fail(name, 'a count')
  }

  list(name: string): readonly PyValue[] {
    const value = this.value(name)
    return Array.isArray(value) ? value : this.fail(name, 'a list')
  }

  array(name: string): NdArray {
    const value = this.value(name)
    return value instanceof NdArray ? value : this.fail(name, 'an array')
  }

  /** A vector of `length` numbers, NaN included. */
  numbers(name: string, length?: number): Float64Array {
    const values = toNumbers(this.value(name))
    if (values === undefined) return this.fail(name, 'a vector of numbers')
    if (length !== undefined && values.length !== length) {
      throw this.corrupt(name, `${length} numbers`, `${values.length}`)
    }
    return values
  }

  finiteNumbers(name: string, length?: number): Float64Array {
    const values = this.numbers(name, length)
    return values.every(Number.isFinite) ? values : this.fail(name, 'finite numbers')
  }

  object(name: string, className?: string): PyObject {
    const value = this.value(name)
    if (value instanceof PyObject && (className === undefined || value.name === className)) return value
    return this.fail(name, className === undefined ? 'an object' : `a ${className}`)
  }

  corrupt(name: string, expected: string, got: string): Error {
    return corruptAttribute(this.place, name, expected, got)
  }

  fail(name: string, expected: string): never {
    throw this.corrupt(name, expected, describeValue(this.#attributes.get(name)))
  }
}

function attributesOf(object: PyObject, place: Place): ReadonlyMap<string, PyValue> {
  if (!(object.state instanceof PyDict)) {
    throw corruptAttribute(place, '(state)', 'a dict of attributes', describeValue(object.state))
  }
  const attributes = new Map<string, PyValue>()
  for (const [name, value] of object.state.entries) {
    if (typeof name === 'string') attributes.set(name, value)
    else throw corruptAttribute(place, '(state)', 'attribute names', describeValue(name))
  }
  return attributes
}

/** A finite matrix; a vector counts as one row. */
export function toMatrix(value: PyValue, place: Place, attribute: string): Matrix {
  const values = value instanceof NdArray && value.shape.length <= 2 ? toFlatNumbers(value) : undefined
  if (!(value instanceof NdArray) || values === undefined || !values.every(Number.isFinite)) {
    throw corruptAttribute(place, attribute, 'a matrix of finite numbers', describeValue(value))
  }
  const [rowCount, columnCount] = value.shape.length === 2 ? value.shape : [1, values.length]
  return { rowCount, columnCount, values }
}

export function toNumber(value: PyValue | undefined): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value instanceof NdArray && value.elementCount === 1) return toFlatNumbers(value)?.[0]
  return undefined
}

/** A vector of numbers, or undefined where `value` is none. */
export function toNumbers(value: PyValue | undefined): Float64Array | undefined {
  if (value instanceof NdArray) return value.shape.length === 1 ? toFlatNumbers(value) : undefined
  return Array.isArray(value) ? fromValues(value) : undefined
}

/** All elements in C order, whatever the shape is. */
export function toFlatNumbers(array: NdArray): Float64Array | undefined {
  const { values, kind } = array
  if (kind === 'U' || kind === 'S' || kind === 'V' || values.length !== array.elementCount) return undefined
  if (kind === 'O') return fromValues(values as readonly PyValue[])
  if (values instanceof BigInt64Array || Array.isArray(values)) return undefined
  return values instanceof Float64Array ? values : Float64Array.from(values as ArrayLike<number>)
}

function fromValues(values: readonly PyValue[]): Float64Array | undefined {
  const numbers = new Float64Array(values.length)
  for (let i = 0; i < values.length; i++) {
    const number = toNumber(values[i])
    if (number === undefined) return undefined
    numbers[i] = number
  }
  return numbers
}

/** Elements of a list or a vector of any kind, booleans as booleans. */
export function toValues(value: PyValue | undefined): readonly PyValue[] | undefined {
  if (Array.isArray(value)) return value
  if (!(value instanceof NdArray) || value.shape.length !== 1 || value.kind === 'V') return undefined
  if (value.kind === 'b') return Array.from(value.values as Uint8Array, (bit) => bit !== 0)
  return [...(value.values as Iterable<PyValue>)]
}

/** Few words for an error text. */
export function describeValue(value: PyValue | undefined): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'None'
  if (typeof value === 'string') return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)
  if (value instanceof NdArray) return `an array of kind ${value.kind} and shape [${value.shape.join(', ')}]`
  if (value instanceof PyObject) return `an object of class ${value.module}.${value.name}`
  if (value instanceof PyGlobal) return `${value.module}.${value.name}`
  if (value instanceof PyDict) return 'a dict'
  if (Array.isArray(value)) return `a list of ${value.length}`
  return typeof value === 'object' ? 'a set or bytes' : String(value)
}
