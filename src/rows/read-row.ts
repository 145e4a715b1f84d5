// A model's schema in, a reader out that turns a caller's row (object, array or typed array) into canonical float64 values.

import type { ModelSchema } from '../artifact/schema.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import { createFeatureReader, type FeatureReader } from './feature-reader.ts'
import { nearestName } from './nearest-name.ts'
import { rowError, tagOf } from './row-error.ts'
import { assertNamedValues, hasName, isNumericArray, isObject, notARow } from './row-shape.ts'

export type ReadRowOptions = {
  /** Refuses names that the schema does not have. @default false */
  readonly strict?: boolean
  /** Position of the row in the caller's batch, for the error. */
  readonly rowIndex?: number
}

export type RowReader = {
  /** Number of canonical values of a row. */
  readonly width: number
  /**
   * Writes the canonical row to `into[offset … offset + width)`; never writes to `row`. After an error those places hold anything.
   *
   * Objects are read as JavaScript reads them, so getters of a class count, but what `Object.prototype` has does not.
   * A hole of an array counts as undefined. A feature that the model never reads is not looked at and becomes 0.
   * @throws INPUT_INVALID with `details.feature`, and `details.row` where `rowIndex` is given
   */
  read(row: unknown, into: Float64Array, offset: number, options?: ReadRowOptions): void
}

const noOptions: ReadRowOptions = {}

/**
 * A reader compiled from `schema`.
 * @throws VALIDATION_FAILED where the schema names a feature twice, or a string feature has no categories
 */
export function createRowReader(schema: ModelSchema): RowReader {
  const features = schema.features.map(createFeatureReader)
  const names = features.map(({ name }) => name)
  const known = new Set(names)
  if (known.size < names.length) throw duplicateName(names)
  const width = features.length
  // Names that every object answers to, such as `constructor`: an own value must be told from the inherited one.
  const isShadowed = names.map((name) => name in Object.prototype)

  function readObject(
    row: Readonly<Record<string, unknown>>,
    into: Float64Array,
    offset: number,
    options: ReadRowOptions,
  ) {
    const prototype: unknown = Object.getPrototypeOf(row)
    if (prototype !== Object.prototype && prototype !== null) assertNamedValues(row, options.rowIndex)
    for (let i = 0; i < width; i++) {
      const feature = features[i]
      if (feature.isIgnored) {
        into[offset + i] = 0
        continue
      }
      const name = feature.name
      const value = isShadowed[i] && !hasName(row, name) ? undefined : row[name]
      // value − value is 0 for finite numbers only.
      if (typeof value === 'number' && feature.takesEveryNumber && value - value === 0) {
        into[offset + i] = value + 0
        continue
      }
      if (value === undefined && !hasName(row, name)) throw absentFeature(row, i, options.rowIndex)
      into[offset + i] = feature.read(value, options.rowIndex)
    }
    if (options.strict === true) assertNoExtraNames(row, options.rowIndex)
  }

  function readArray(row: readonly unknown[], into: Float64Array, offset: number, rowIndex: number | undefined) {
    if (row.length !== width) throw wrongWidth(row, 'an array', rowIndex)
    for (let i = 0; i < width; i++) {
      const value = row[i]
      const feature = features[i]
      into[offset + i] =
        typeof value === 'number' && feature.takesEveryNumber && value - value === 0
          ? value + 0
          : feature.read(value, rowIndex)
    }
  }

  function readTypedArray(row: ArrayLike<number>, into: Float64Array, offset: number, rowIndex: number | undefined) {
    if (row.length !== width) throw wrongWidth(row, tagOf(row), rowIndex)
    for (let i = 0; i < width; i++) {
      const value = row[i]
      const feature = features[i]
      into[offset + i] =
        feature.takesEveryNumber && value - value === 0 ? value + 0 : feature.readNumber(value, rowIndex)
    }
  }

  function wrongWidth(row: ArrayLike<unknown>, what: string, rowIndex: number | undefined): MLError {
    const isNested = row.length > 0 && (Array.isArray(row[0]) || ArrayBuffer.isView(row[0]))
    const advice = isNested
      ? 'this looks like several rows: pass them to predictBatch'
      : 'give one value a feature in the order of model.schema.features, null where it is missing, or an object by name'
    return rowError({
      rowIndex,
      text: `expected ${width} values, one a feature, got ${what} of ${row.length}; ${advice}`,
      details: { expected: width, got: row.length },
    })
  }

  function absentFeature(row: Readonly<Record<string, unknown>>, index: number, rowIndex: number | undefined): MLError {
    const name = names[index]
    const extra = Object.keys(row).filter((key) => !known.has(key))
    const absent = features.filter((feature) => !feature.isIgnored && !hasName(row, feature.name))
    const others = absent.length > 1 ? ` (and ${absent.length - 1} more of ${width})` : ''
    const nearest = nearestName(name, extra)
    const advice = nearest === undefined ? missingAdvice(features[index]) : `did you mean your ${nearest}?`
    return rowError({
      rowIndex,
      feature: name,
      text: `feature ${name} is absent${others}; ${advice}`,
      details: { absent: absent.map((feature) => feature.name), ...(nearest === undefined ? {} : { nearest }) },
    })
  }

  function missingAdvice({ name }: FeatureReader): string {
    return schema.features.find((feature) => feature.name === name)?.missing === 'handled'
      ? 'write null where its value is unknown'
      : 'the model needs a value for it'
  }

  function assertNoExtraNames(row: object, rowIndex: number | undefined): void {
    for (const key of Object.keys(row)) {
      if (known.has(key)) continue
      const given = new Set(Object.keys(row))
      const nearest =
        nearestName(
          key,
          names.filter((name) => !given.has(name)),
        ) ?? nearestName(key, names)
      const hint = nearest === undefined ? 'leave it out, or do not ask for strict' : `did you mean ${nearest}?`
      throw rowError({
        rowIndex,
        feature: key,
        text: `${key} is no feature of the model, and strict was asked for; ${hint}`,
        details: nearest === undefined ? {} : { nearest },
      })
    }
  }

  return {
    width,
    read(row, into, offset, options = noOptions) {
      if (offset < 0 || offset + width > into.length)
        throw createError('EXECUTION_FAILED', `a row of ${width} values does not fit at ${offset} of ${into.length}`)
      try {
        if (Array.isArray(row)) readArray(row, into, offset, options.rowIndex)
        else if (isNumericArray(row)) readTypedArray(row, into, offset, options.rowIndex)
        else if (isObject(row)) readObject(row, into, offset, options)
        else throw notARow(row, options.rowIndex)
      } catch (error) {
        if (isMLError(error)) throw error
        const { rowIndex } = options
        throw rowError({ rowIndex, text: 'the row threw while it was read: see cause', cause: error })
      }
    },
  }
}

function duplicateName(names: readonly string[]): MLError {
  const name = names.find((candidate, i) => names.indexOf(candidate) !== i)
  return createError('VALIDATION_FAILED', `the schema has two features named ${name}: rows could not tell them apart`, {
    details: { feature: name },
  })
}
