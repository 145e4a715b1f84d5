// Readers of features in, loops over them out: the values of a row become canonical numbers, whatever the row's kind.

import type { FeatureReader } from './feature-reader.ts'
import { assertPlainOrNamed, hasName } from './row-shape.ts'

/** Writes one canonical row to `into[offset …]`; the kind of the row is settled before, and its width checked. */
export type ReadValues<TRow> = (row: TRow, into: Float64Array, offset: number, rowIndex: number | undefined) => void

export type RowValues = {
  readonly ofObject: ReadValues<NamedRow>
  readonly ofArray: ReadValues<readonly unknown[]>
  /** Of typed arrays, where string categories are indices. */
  readonly ofNumbers: ReadValues<ArrayLike<number>>
}

export type NamedRow = Readonly<Record<string, unknown>>

/** What the values of a row that are not usual become: a number, or an error that names the feature. */
export type JudgeValue = {
  ofObject(row: NamedRow, value: unknown, index: number, rowIndex: number | undefined): number
  ofArray(value: unknown, index: number, rowIndex: number | undefined): number
  ofNumbers(value: number, index: number, rowIndex: number | undefined): number
}

/** The form of `RowValues` that works everywhere; `createRowValues` goes over to written code. */
export function loopRowValues(features: readonly FeatureReader[], judge: JudgeValue): RowValues {
  const width = features.length
  const names = features.map(({ name }) => name)
  const isIgnored = features.map(({ form }) => form.kind === 'ignored')
  const takesEveryNumber = features.map(({ form }) => form.kind === 'number' || form.kind === 'ignored')
  const isInherited = names.map(isInheritedName)

  return {
    ofObject(row, into, offset, rowIndex) {
      assertPlainOrNamed(row, rowIndex)
      for (let i = 0; i < width; i++) {
        const value = isIgnored[i] ? 0 : isInherited[i] && !hasName(row, names[i]) ? undefined : row[names[i]]
        // value − value is 0 for finite numbers only, and −0 + 0 is 0.
        into[offset + i] =
          typeof value === 'number' && takesEveryNumber[i] && value - value === 0
            ? value + 0
            : judge.ofObject(row, value, i, rowIndex)
      }
    },
    ofArray(row, into, offset, rowIndex) {
      for (let i = 0; i < width; i++) {
        const value = isIgnored[i] ? 0 : row[i]
        into[offset + i] =
          typeof value === 'number' && takesEveryNumber[i] && value - value === 0
            ? value + 0
            : judge.ofArray(value, i, rowIndex)
      }
    },
    ofNumbers(row, into, offset, rowIndex) {
      for (let i = 0; i < width; i++) {
        const value = isIgnored[i] ? 0 : row[i]
        into[offset + i] = takesEveryNumber[i] && value - value === 0 ? value + 0 : judge.ofNumbers(value, i, rowIndex)
      }
    },
  }
}

/** Names that every object answers to, such as `constructor`: an own value must be told from the inherited one. */
export function isInheritedName(name: string): boolean {
  return name in Object.prototype
}
