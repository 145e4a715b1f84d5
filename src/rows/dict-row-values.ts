// Readers of features and how dicts name them in; a loop over the keys of a row out: texts count, numbers stand for themselves.

import type { DictReading } from '../artifact/schema.ts'
import type { FeatureReader } from './feature-reader.ts'
import { describeValue, quoteScalar, rowError } from './row-error.ts'
import { assertPlainOrNamed } from './row-shape.ts'
import type { NamedRow, ReadValues } from './row-values.ts'
import { hashColumn, murmurHash } from './text/murmur-hash.ts'

export type DictValues = {
  readonly read: ReadValues<NamedRow>
  /** What the keys of `row` add to which features, in their order. */
  additionsOf(row: NamedRow, rowIndex: number | undefined): readonly Addition[]
  /** @throws INPUT_INVALID where a key gives no feature that the model knows */
  assertNoExtraNames(row: NamedRow, rowIndex: number | undefined): void
}

export type Addition = { readonly index: number; readonly amount: number }

type Place = { readonly index: number; readonly sign: 1 | -1 }

/** Source: sklearn/feature_extraction/_dict_vectorizer.py, `_transform`, and _hash.py, `transform`, of 1.9.1. */
export function dictRowValues(features: readonly FeatureReader[], { separator, hashed }: DictReading): DictValues {
  const placeOf = hashed === undefined ? byName(features) : byHash(features.length, hashed.signed)

  /** Names and values that the key stands for. */
  function entriesOf(
    key: string,
    value: unknown,
    rowIndex: number | undefined,
  ): readonly (readonly [string, unknown])[] {
    if (typeof value === 'string') return [[key + separator + value, 1]]
    if (Array.isArray(value) && hashed === undefined)
      return value.map((item: unknown) => {
        if (typeof item === 'string') return [key + separator + item, 1]
        throw wrongValue(key, 'a list of texts', item, rowIndex)
      })
    if (typeof value === 'number' || typeof value === 'boolean') return [[key, value]]
    if ((value === null || value === undefined) && hashed === undefined) return [[key, null]]
    const expected = hashed === undefined ? 'a number, a text or a list of texts' : 'a number or a text'
    throw wrongValue(key, expected, value, rowIndex)
  }

  function additionsOf(row: NamedRow, rowIndex: number | undefined): readonly Addition[] {
    assertPlainOrNamed(row, rowIndex)
    const additions: Addition[] = []
    for (const key of Object.keys(row))
      for (const [name, value] of entriesOf(key, row[key], rowIndex)) {
        const place = placeOf(name)
        if (place === undefined) continue
        const { index, sign } = place
        const feature = features[index]
        if (feature.form.kind !== 'ignored') additions.push({ index, amount: sign * feature.read(value, rowIndex) })
      }
    return additions
  }

  return {
    additionsOf,
    read(row, into, offset, rowIndex) {
      const additions = additionsOf(row, rowIndex)
      for (let i = 0; i < features.length; i++) into[offset + i] = 0
      for (const { index, amount } of additions) into[offset + index] += amount
    },
    assertNoExtraNames(row, rowIndex) {
      for (const key of Object.keys(row)) {
        const unknown = entriesOf(key, row[key], rowIndex).find(([name]) => placeOf(name) === undefined)
        if (unknown === undefined) continue
        throw rowError({
          rowIndex,
          feature: key,
          text: `${key} gives ${quoteScalar(unknown[0])}, which is no feature of the model, and strict was asked for; leave it out, or do not ask for strict`,
        })
      }
    },
  }
}

function byName(features: readonly FeatureReader[]): (name: string) => Place | undefined {
  const places = new Map(features.map(({ name }, index): [string, Place] => [name, { index, sign: 1 }]))
  return (name) => places.get(name)
}

function byHash(count: number, isSigned: boolean): (name: string) => Place {
  return (name) => {
    const hash = murmurHash(name)
    return { index: hashColumn(hash, count), sign: isSigned && hash < 0 ? -1 : 1 }
  }
}

function wrongValue(key: string, expected: string, value: unknown, rowIndex: number | undefined) {
  return rowError({
    rowIndex,
    feature: key,
    text: `${key} must be ${expected}, got ${describeValue(value)}`,
    details: { expected },
  })
}
