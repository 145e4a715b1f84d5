// Readers of features of which some are texts in, loops over them out: the terms of each text are counted as it is read.

import type { FeatureSchema } from '../artifact/schema.ts'
import { describeValue, rowError } from './row-error.ts'
import { assertPlainOrNamed, hasName } from './row-shape.ts'
import type { JudgeValue, RowValues } from './row-values.ts'
import { type CountTerms, createTermCounter } from './text/count-terms.ts'

/** A megabyte of text takes some tens of milliseconds, in which no other row is read. */
const longestText = 1_000_000

/** Normalization makes up to 18 characters of one, each of which is looked at. */
const longestStripped = 250_000

/** Items that all terms of a text are made of: n-grams of each length cost as much as the whole text so many times. */
const mostItems = 4_000_000

/** Normalization sorts marks that follow one another, which takes the square of their number; no script stacks a hundred. */
const stackedMarks = /\p{M}{1000}/u

/**
 * `given` are the features that rows have; in typed arrays stand the counts themselves, which a matrix of them may hold.
 * @throws VALIDATION_FAILED where a text's columns do not fit
 */
export function textRowValues(
  given: readonly FeatureSchema[],
  features: readonly FeatureSchema[],
  judge: JudgeValue,
): RowValues {
  const counters = given.map((feature) => (feature.dtype === 'text' ? textReader(feature, features) : undefined))
  const isIgnored = given.map(({ used }) => !used)

  return {
    ofObject(row, into, offset, rowIndex) {
      assertPlainOrNamed(row, rowIndex)
      for (let i = 0; i < given.length; i++) {
        const { name } = given[i]
        const value = isIgnored[i] || !hasName(row, name) ? undefined : row[name]
        const count = counters[i]
        if (isIgnored[i]) into[offset + i] = 0
        else if (count === undefined || value === undefined) into[offset + i] = judge.ofObject(row, value, i, rowIndex)
        else into[offset + i] = count(value, into, { offset, rowIndex })
      }
    },
    ofArray(row, into, offset, rowIndex) {
      for (let i = 0; i < given.length; i++) {
        const value = isIgnored[i] ? 0 : row[i]
        const count = counters[i]
        if (isIgnored[i]) into[offset + i] = 0
        else if (count === undefined) into[offset + i] = judge.ofArray(value, i, rowIndex)
        else into[offset + i] = count(value, into, { offset, rowIndex })
      }
    },
    ofNumbers(row, into, offset, rowIndex) {
      for (let i = 0; i < features.length; i++)
        into[offset + i] = counters[i] === undefined && features[i].used ? judge.ofNumbers(row[i], i, rowIndex) : 0
    },
  }
}

type RowPlace = { readonly offset: number; readonly rowIndex: number | undefined }

function textReader({ name, texts = [] }: FeatureSchema, features: readonly FeatureSchema[]) {
  const counters: readonly CountTerms[] = texts.map((columns) => createTermCounter(columns, features))
  const items = texts.reduce((sum, { ngrams: [least, last] }) => sum + ((least + last) * (last - least + 1)) / 2, 1)
  const stripsAccents = texts.some(({ stripAccents }) => stripAccents !== undefined)
  const longest = Math.min(stripsAccents ? longestStripped : longestText, Math.floor(mostItems / items))
  return (value: unknown, into: Float64Array, { offset, rowIndex }: RowPlace): number => {
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
    for (const count of counters) count(value, into, offset)
    return 0
  }
}
