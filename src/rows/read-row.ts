// A model's schema in, a reader out that turns a caller's row (object, array or typed array) into canonical float64 values.

import { givenFeatures, type ModelSchema } from '../artifact/schema.ts'
import { createError, isMLError, type MLError } from '../errors.ts'
import { type CompileOptions, createRowValues } from './compiled-reader.ts'
import { dictRowValues } from './dict-row-values.ts'
import { createFeatureReader } from './feature-reader.ts'
import { describeValue, rowError, tagOf } from './row-error.ts'
import { createRowMismatch } from './row-mismatch.ts'
import { assertPlainOrNamed, hasName, isNumericArray, isObject, notARow } from './row-shape.ts'
import type { JudgeValue, NamedRow } from './row-values.ts'
import { summedRowValues } from './summed-row-values.ts'
import { countedFeatures } from './terms/counted-features.ts'
import type { TermSums } from './terms/term-sums.ts'
import { textRowValues } from './text-row-values.ts'

export type ReadRowOptions = {
  /** Refuses names that the schema does not have. @default false */
  readonly strict?: boolean
  /** Position of the row in the caller's batch, for the error. */
  readonly rowIndex?: number
}

export type RowReaderOptions = CompileOptions & {
  /** Adds up what is counted: sums then stand in canonical rows in place of counts. */
  readonly sums?: TermSums
}

export type RowReader = {
  /** Number of canonical values of a row. */
  readonly width: number
  /** Whether sums stand in canonical rows in place of what is counted; in typed arrays stands each count in any case. */
  readonly sumsTerms: boolean
  /** Whether every finite number is a value of every feature as it stands. */
  readonly takesEveryNumber: boolean
  /**
   * Writes the canonical row to `into[offset … offset + width)`; never writes to `row`. After an error those places hold anything.
   *
   * Where the one given feature is a text, a row may be that text. Objects are read as JavaScript reads them, so getters of a class count, but what `Object.prototype` has does not.
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
export function createRowReader(schema: ModelSchema, options: RowReaderOptions = {}): RowReader {
  const features = schema.features.map(createFeatureReader)
  const given = givenFeatures(schema)
  const names = given.map(({ name }) => name)
  if (new Set(names).size < names.length) throw duplicateName(names)
  const givenWidth = features.length
  const { sums } = options
  const isCounted = countedFeatures(schema)
  const width = sums === undefined ? givenWidth : isCounted.filter((is) => !is).length + sums.width

  const judge: JudgeValue = {
    ofObject(row, value, index, rowIndex) {
      if (value === undefined && !hasName(row, names[index])) throw mismatch.absentFeature(row, index, rowIndex)
      return features[index].read(value, rowIndex)
    },
    ofArray: (value, index, rowIndex) => features[index].read(value, rowIndex),
    ofNumbers: (value, index, rowIndex) => features[index].readNumber(value, rowIndex),
  }
  const mismatch = createRowMismatch({ ...schema, features: given })
  const hasTexts = given.some(({ dtype }) => dtype === 'text')
  // as scikit-learn's own vectorizers take a list of texts
  const isText = hasTexts && given.length === 1
  const dict = schema.dict && dictRowValues(features, schema.dict)
  const values =
    sums !== undefined
      ? summedRowValues({ given, features: schema.features, isCounted, judge, dict }, sums)
      : hasTexts
        ? textRowValues(given, schema.features, judge)
        : createRowValues(features, judge, options)

  /** Written code looks at a row's first value before its kind, so what that threw says less than the kind may. */
  function readObject(row: NamedRow, into: Float64Array, offset: number, rowIndex: number | undefined): void {
    try {
      if (dict === undefined || sums !== undefined) values.ofObject(row, into, offset, rowIndex)
      else dict.read(row, into, offset, rowIndex)
    } catch (error) {
      if (!isMLError(error)) assertPlainOrNamed(row, rowIndex)
      throw error
    }
  }

  function assertNoExtraNames(row: NamedRow, rowIndex: number | undefined): void {
    if (dict === undefined) mismatch.assertNoExtraNames(row, rowIndex)
    else dict.assertNoExtraNames(row, rowIndex)
  }

  return {
    width,
    sumsTerms: sums !== undefined,
    takesEveryNumber:
      sums === undefined && features.every(({ form }) => form.kind === 'number' || form.kind === 'ignored'),
    read(row, into, offset, { strict, rowIndex } = noOptions) {
      if (offset < 0 || offset + width > into.length)
        throw createError('EXECUTION_FAILED', `a row of ${width} values does not fit at ${offset} of ${into.length}`)
      try {
        if (isText && typeof row === 'string') values.ofArray([row], into, offset, rowIndex)
        else if (Array.isArray(row)) {
          if (row.length !== given.length) throw mismatch.wrongWidth(row, 'an array', rowIndex)
          values.ofArray(row, into, offset, rowIndex)
        } else if (isObject(row)) {
          readObject(row, into, offset, rowIndex)
          if (strict === true) assertNoExtraNames(row, rowIndex)
        } else if (isNumericArray(row)) {
          if (row.length !== givenWidth)
            throw hasTexts ? noText(row, givenWidth, rowIndex) : mismatch.wrongWidth(row, tagOf(row), rowIndex)
          values.ofNumbers(row, into, offset, rowIndex)
        } else throw notARow(row, rowIndex)
      } catch (error) {
        if (isMLError(error)) throw error
        throw rowError({ rowIndex, text: 'the row threw while it was read: see cause', cause: error })
      }
    },
  }
}

function noText(row: ArrayLike<number>, width: number, rowIndex: number | undefined): MLError {
  return rowError({
    rowIndex,
    text: `expected a text in an object or an array, or ${width} canonical values, got ${describeValue(row)} of ${row.length}, which holds no text`,
    details: { expected: width, got: row.length },
  })
}

function duplicateName(names: readonly string[]): MLError {
  const name = names.find((candidate, i) => names.indexOf(candidate) !== i)
  return createError('VALIDATION_FAILED', `the schema has two features named ${name}: rows could not tell them apart`, {
    details: { feature: name },
  })
}
