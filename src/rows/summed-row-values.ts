// Readers of features in, of which some are counted and added up, loops over them out: sums stand in a row in place of terms.

import type { FeatureSchema } from '../artifact/schema.ts'
import type { Addition, DictValues } from './dict-row-values.ts'
import { assertPlainOrNamed, hasName } from './row-shape.ts'
import type { JudgeValue, NamedRow, RowValues } from './row-values.ts'
import type { TermSums } from './terms/term-sums.ts'
import { createTermTeller } from './text/count-terms.ts'
import { createTextValue } from './text/text-value.ts'
import { valueForm } from './value-form.ts'

export type SummedRows = {
  /** What rows have; those that are not counted come first in canonical rows too. */
  readonly given: readonly FeatureSchema[]
  readonly features: readonly FeatureSchema[]
  /** By feature. */
  readonly isCounted: readonly boolean[]
  readonly judge: JudgeValue
  readonly dict: DictValues | undefined
}

/** Values of a row are all read before the first is counted: a getter may ask for another row, and both are counted in one place. */
export function summedRowValues({ given, features, isCounted, judge, dict }: SummedRows, sums: TermSums): RowValues {
  const texts = given.map((feature) => (feature.dtype === 'text' ? textCounter(feature, features, sums) : undefined))
  const isIgnored = features.map(({ used }) => !used)
  const isCount = features.map((feature, i) => isCounted[i] && valueForm(feature).kind === 'number')
  const keptCount = isCounted.filter((is) => !is).length

  /** `values` are those of the given features, judged; a text is as it was given. */
  function sumUp(values: readonly (string | number)[], into: Float64Array, offset: number): void {
    sums.begin()
    for (let i = 0, kept = offset; i < given.length; i++) {
      const value = values[i]
      if (typeof value === 'string') {
        into[kept++] = 0
        texts[i]?.count(value)
      } else if (!isCounted[i]) into[kept++] = value
      else if (value !== 0) sums.add(i, value)
    }
    sums.finish(into, offset + keptCount)
  }

  function sumAdditions(additions: readonly Addition[], into: Float64Array, offset: number): void {
    sums.begin()
    for (const { index, amount } of additions) sums.add(index, amount)
    sums.finish(into, offset + keptCount)
  }

  function objectValue(row: NamedRow, i: number, rowIndex: number | undefined): string | number {
    const { name } = given[i]
    if (isIgnored[i]) return 0
    const value = hasName(row, name) ? row[name] : undefined
    const text = texts[i]
    return text === undefined || value === undefined
      ? judge.ofObject(row, value, i, rowIndex)
      : text.textOf(value, rowIndex)
  }

  function arrayValue(row: readonly unknown[], i: number, rowIndex: number | undefined): string | number {
    return isIgnored[i] ? 0 : (texts[i]?.textOf(row[i], rowIndex) ?? judge.ofArray(row[i], i, rowIndex))
  }

  return {
    ofObject(row, into, offset, rowIndex) {
      if (dict !== undefined) return sumAdditions(dict.additionsOf(row, rowIndex), into, offset)
      assertPlainOrNamed(row, rowIndex)
      sumUp(
        given.map((_, i) => objectValue(row, i, rowIndex)),
        into,
        offset,
      )
    },
    ofArray(row, into, offset, rowIndex) {
      sumUp(
        given.map((_, i) => arrayValue(row, i, rowIndex)),
        into,
        offset,
      )
    },
    ofNumbers(row, into, offset, rowIndex) {
      sums.begin()
      for (let i = 0, kept = offset; i < features.length; i++) {
        // most counts of a row
        if (row[i] === 0 && isCount[i]) continue
        const value = isIgnored[i] || texts[i] !== undefined ? 0 : judge.ofNumbers(row[i], i, rowIndex)
        if (!isCounted[i]) into[kept++] = value
        else if (value !== 0) sums.add(i, value)
      }
      sums.finish(into, offset + keptCount)
    },
  }
}

/** What a text feature's value must be, and the count of its terms. */
function textCounter(feature: FeatureSchema, features: readonly FeatureSchema[], sums: TermSums) {
  const counters = (feature.texts ?? []).map((columns) => createTermTeller(columns, features, sums))
  return {
    textOf: createTextValue(feature),
    count(text: string): void {
      for (const count of counters) count(text)
    },
  }
}
