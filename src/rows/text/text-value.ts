// A text feature in; a function that gives a row's value of it where that is a text which can be counted in time, out.

import type { FeatureSchema } from '../../artifact/schema.ts'
import { describeValue, rowError } from '../row-error.ts'

/** A megabyte of text takes some tens of milliseconds, in which no other row is read. */
const longestText = 1_000_000

/** Normalization makes up to 18 characters of one, each of which is looked at. */
const longestStripped = 250_000

/** Items that all terms of a text are made of: n-grams of each length cost as much as the whole text so many times. */
const mostItems = 4_000_000

/** Normalization sorts marks that follow one another, which takes the square of their number; no script stacks a hundred. */
const stackedMarks = /\p{M}{1000}/u

/** @throws INPUT_INVALID */
export type TextValue = (value: unknown, rowIndex: number | undefined) => string

export function createTextValue({ name, texts = [] }: FeatureSchema): TextValue {
  const items = texts.reduce((sum, { ngrams: [least, last] }) => sum + ((least + last) * (last - least + 1)) / 2, 1)
  const stripsAccents = texts.some(({ stripAccents }) => stripAccents !== undefined)
  const longest = Math.min(stripsAccents ? longestStripped : longestText, Math.floor(mostItems / items))
  return (value, rowIndex) => {
    if (typeof value !== 'string')
      throw rowError({
        rowIndex,
        feature: name,
        text: `feature ${name} must be a text, got ${describeValue(value)}; write '' where there is none`,
        details: { expected: 'a text' },
      })
    if (value.length > longest)
      throw rowError({
        rowIndex,
        feature: name,
        text: `feature ${name} has ${value.length} characters, more than the limit of ${longest}; give a part of the text`,
        details: { limit: longest, got: value.length },
      })
    if (stripsAccents && stackedMarks.test(value))
      throw rowError({
        rowIndex,
        feature: name,
        text: `feature ${name} has 1000 combining marks in a row, which is no text`,
      })
    return value
  }
}
