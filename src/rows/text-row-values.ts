// Readers of features of which some are texts in, loops over them out: the terms of each text are counted as it is read.

import type { FeatureSchema } from '../artifact/schema.ts'
import { assertPlainOrNamed, hasName } from './row-shape.ts'
import type { JudgeValue, RowValues } from './row-values.ts'
import { type CountTerms, createTermCounter } from './text/count-terms.ts'
import { createTextValue } from './text/text-value.ts'

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

function textReader(feature: FeatureSchema, features: readonly FeatureSchema[]) {
  const { texts = [] } = feature
  const counters: readonly CountTerms[] = texts.map((columns) => createTermCounter(columns, features))
  const textOf = createTextValue(feature)
  return (value: unknown, into: Float64Array, { offset, rowIndex }: RowPlace): number => {
    const text = textOf(value, rowIndex)
    for (const count of counters) count(text, into, offset)
    return 0
  }
}
