// A feature of the schema in; a function from the text of a CSV cell to the value that a row takes, out.

import type { FeatureSchema, Scalar } from '../../artifact/schema.ts'

export type ReadCell = (text: string) => Scalar | null

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** As pandas, numpy, R and C write them: models know columns of yes and no as numbers. */
const specialNumbers: ReadonlyMap<string, number | boolean | null> = new Map<string, number | boolean | null>([
  ['true', true],
  ['false', false],
  ['nan', null],
  ['na', null],
  ['null', null],
  ['inf', Infinity],
  ['+inf', Infinity],
  ['-inf', -Infinity],
  ['infinity', Infinity],
  ['-infinity', -Infinity],
])

/** Empty is missing. What a feature cannot be stays text, so that the model's own reader names it. */
export function createReadCell(feature: FeatureSchema): ReadCell {
  switch (feature.dtype) {
    case 'number':
      return readNumber
    case 'boolean':
      return readBoolean
    case 'text':
      return (text) => text
    case 'string':
      return createReadCategory(feature.categories ?? [])
  }
}

function readNumber(text: string): Scalar | null {
  const trimmed = text.trim()
  if (trimmed === '') return null
  if (decimal.test(trimmed)) return Number(trimmed)
  const special = specialNumbers.get(trimmed.toLowerCase())
  return special === undefined ? text : special
}

function readBoolean(text: string): boolean | string | null {
  switch (text.trim().toLowerCase()) {
    case '':
      return null
    case 'true':
    case '1':
    case '1.0':
      return true
    case 'false':
    case '0':
    case '0.0':
      return false
    default:
      return text
  }
}

/** Categories need not be texts: a cell then is the number or boolean category that reads the same. */
function createReadCategory(categories: readonly Scalar[]): ReadCell {
  const texts = new Set(categories.filter((category) => typeof category === 'string'))
  const hasNumbers = categories.some((category) => typeof category === 'number')
  const hasBooleans = categories.some((category) => typeof category === 'boolean')
  return (text) => {
    if (text === '') return null
    if (texts.has(text)) return text
    const number = hasNumbers ? readNumber(text) : text
    if (typeof number === 'number') return number
    const boolean = hasBooleans ? readBoolean(text) : text
    return typeof boolean === 'boolean' ? boolean : text
  }
}
