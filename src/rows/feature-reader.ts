// One feature of a schema in, a reader of its values out: a caller's value becomes a canonical float64 or a named error.

import type { FeatureSchema, Scalar } from '../artifact/schema.ts'
import type { MLError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'
import { describeValue, quoteScalar, rowError } from './row-error.ts'
import { type CategoryForm, type ValueForm, valueForm } from './value-form.ts'

export type FeatureReader = {
  readonly name: string
  readonly form: ValueForm
  /** A value of an object or a plain array. */
  read(value: unknown, rowIndex: number | undefined): number
  /** A value of a typed array, where string categories are indices. */
  readNumber(value: number, rowIndex: number | undefined): number
}

/** Categories that an error lists; more would hide the point. */
const listedCategories = 5

export function createFeatureReader(feature: FeatureSchema): FeatureReader {
  const { name } = feature
  const form = valueForm(feature)
  const { read, readNumber } = readersOf(feature, form)
  return { name, form, read, readNumber }
}

type Readers = Pick<FeatureReader, 'read' | 'readNumber'>

function readersOf(feature: FeatureSchema, form: ValueForm): Readers {
  switch (form.kind) {
    case 'ignored':
      return { read: () => 0, readNumber: () => 0 }
    case 'number':
    case 'checked':
      return numberReader(feature, form)
    case 'boolean':
      return booleanReader(feature)
    case 'category':
      return categoryReader(feature, form)
  }
}

function numberReader(feature: FeatureSchema, form: ValueForm): Readers {
  if (feature.dtype === 'text') return textReader(feature)
  const known = form.kind === 'checked' ? new Set(feature.categories?.map(Number)) : undefined
  const readNumber = (value: number, rowIndex: number | undefined): number => {
    if (Number.isNaN(value)) return missing(feature, value, rowIndex)
    if ((value === Infinity || value === -Infinity) && feature.infinite !== true)
      throw wrong(feature, 'a finite number', value, 'leave it out with null where it is unknown', rowIndex)
    if (known !== undefined && !known.has(value)) throw unknownCategory(feature, value, rowIndex)
    // −0 becomes 0: no region can tell them apart, and equal rows must give equal cache keys.
    return value + 0
  }
  const read = (value: unknown, rowIndex: number | undefined): number => {
    if (typeof value === 'number') return readNumber(value, rowIndex)
    if (typeof value === 'boolean') return readNumber(value ? 1 : 0, rowIndex)
    if (value === null || value === undefined) return missing(feature, value, rowIndex)
    throw wrong(feature, 'a number', value, numberAdvice(value), rowIndex)
  }
  return { read, readNumber }
}

/** Texts themselves are counted by `textRowValues`: here comes what is absent or a number. */
function textReader(feature: FeatureSchema): Readers {
  const read = (value: unknown, rowIndex: number | undefined): number => {
    if (value === null || value === undefined || Number.isNaN(value)) return missing(feature, value, rowIndex)
    throw wrong(feature, 'a text', value, '', rowIndex)
  }
  return { read, readNumber: read }
}

/** 0 and 1 are taken as well: databases and typed arrays write booleans so. */
function booleanReader(feature: FeatureSchema): Readers {
  const read = (value: unknown, rowIndex: number | undefined): number => {
    if (value === true || value === 1) return 1
    if (value === false || value === 0) return 0
    if (value === null || value === undefined || Number.isNaN(value)) return missing(feature, value, rowIndex)
    throw wrong(feature, 'true or false', value, 'write true or false, or 1 or 0', rowIndex)
  }
  return { read, readNumber: read }
}

function categoryReader(feature: FeatureSchema, { indexOf, lowest }: CategoryForm): Readers {
  const { categories = [] } = feature
  const types = new Set<string>(categories.map((category) => typeof category))
  if (types.size === 0) types.add('string')
  const ignoresUnknown = lowest < 0
  const typeNames = [...types].join(' or ')

  const read = (value: unknown, rowIndex: number | undefined): number => {
    const index = indexOf.get(value)
    if (index !== undefined) return index
    if (value === null || value === undefined || Number.isNaN(value)) return missing(feature, value, rowIndex)
    if (!types.has(typeof value))
      throw wrong(
        feature,
        `a ${typeNames} such as ${listCategories(categories)}`,
        value,
        sameText(feature, value),
        rowIndex,
      )
    if (ignoresUnknown) return -1
    throw unknownCategory(feature, value as Scalar, rowIndex)
  }
  const readNumber = (value: number, rowIndex: number | undefined): number => {
    if (Number.isNaN(value)) return missing(feature, value, rowIndex)
    if (Number.isInteger(value) && value >= lowest && value < categories.length) return value + 0
    const expected = `the index of a category, an integer from 0 to ${categories.length - 1}${ignoresUnknown ? ', or -1 for an unknown one' : ''}`
    throw wrong(
      feature,
      expected,
      value,
      'typed arrays hold indices; objects and plain arrays the category itself',
      rowIndex,
    )
  }
  return { read, readNumber }
}

function missing(feature: FeatureSchema, value: unknown, rowIndex: number | undefined): number {
  if (feature.missing === 'handled') return NaN
  throw rowError({
    rowIndex,
    feature: feature.name,
    text: `feature ${feature.name} is missing (${String(value)}), and the model has no way to handle that: it was trained without missing values; give a ${feature.dtype}`,
    details: { expected: feature.dtype, got: String(value) },
  })
}

function wrong(
  feature: FeatureSchema,
  expected: string,
  value: unknown,
  advice: string,
  rowIndex: number | undefined,
): MLError {
  const got = describeValue(value)
  return rowError({
    rowIndex,
    feature: feature.name,
    text: `feature ${feature.name} must be ${expected}, got ${got}${advice === '' ? '' : `; ${advice}`}`,
    details: { expected, got },
  })
}

function unknownCategory(feature: FeatureSchema, value: Scalar, rowIndex: number | undefined): MLError {
  const categories = feature.categories ?? []
  const nearest = nearestName(
    String(value),
    categories.filter((category) => typeof category === 'string'),
  )
  const got = describeValue(value)
  const hint = nearest === undefined ? '' : `; did you mean ${quoteScalar(nearest)}?`
  return rowError({
    rowIndex,
    feature: feature.name,
    text: `feature ${feature.name} must be one of the ${categories.length} categories that the model knows (${listCategories(categories)}), got ${got}${hint}`,
    details: { expected: 'a known category', got, ...(nearest === undefined ? {} : { nearest }) },
  })
}

function listCategories(categories: readonly Scalar[]): string {
  const listed = categories.slice(0, listedCategories).map(quoteScalar).join(', ')
  return categories.length > listedCategories ? `${listed}, …` : listed
}

/** Advice for a category of the right text and the wrong type: 415 for "415". */
function sameText(feature: FeatureSchema, value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return ''
  const meant = feature.categories?.find((category) => String(category) === String(value))
  return meant === undefined ? '' : `did you mean ${typeof meant} ${quoteScalar(meant)}?`
}

function numberAdvice(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
    return 'texts are not converted: pass Number(value)'
  if (typeof value === 'bigint') return 'pass Number(value)'
  if (value instanceof Date) return 'pass a number in the unit that the model was trained on, such as value.getTime()'
  if (Array.isArray(value)) return 'a row has one number a feature'
  return ''
}
