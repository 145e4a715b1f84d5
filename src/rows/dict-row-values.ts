// Readers of features and how dicts name them in; a loop over the keys of a row out: texts count, numbers stand for themselves.

import type { DictReading, FeatureSchema } from '../artifact/schema.ts'
import { createFeatureReader, type FeatureReader } from './feature-reader.ts'
import { describeValue, quoteScalar, rowError } from './row-error.ts'
import { assertPlainOrNamed } from './row-shape.ts'
import type { NamedRow, ReadValues } from './row-values.ts'
import { hashColumn, murmurHash } from './text/murmur-hash.ts'
import { countOtherSlots } from './text/other-slots.ts'
import { slotPlaces } from './text/slot-places.ts'

export type DictValues = {
  readonly read: ReadValues<NamedRow>
  /** What the keys of `row` add to which features, in their order. */
  additionsOf(row: NamedRow, rowIndex: number | undefined): readonly Addition[]
  /** @throws INPUT_INVALID where a key gives no feature that the model knows */
  assertNoExtraNames(row: NamedRow, rowIndex: number | undefined): void
}

export type Addition = { readonly index: number; readonly amount: number }

/** `index` is undefined where the slot has no feature of its own. */
type Place = { readonly index: number | undefined; readonly slot: number; readonly sign: 1 | -1 }

/** A slot without a feature takes what one with a feature takes. */
const otherName = {
  name: '(of a name that the model does not know)',
  dtype: 'number',
  used: true,
  missing: 'error',
} as const satisfies FeatureSchema

/** Source: sklearn/feature_extraction/_dict_vectorizer.py, `_transform`, and _hash.py, `transform`, of 1.9.1. */
export function dictRowValues(features: readonly FeatureReader[], { separator, hashed }: DictReading): DictValues {
  const placeOf = hashed === undefined ? byName(features) : byHash(features, hashed)
  const others = countOtherSlots(hashed?.slots?.others ?? [])
  const firstOther = features.length - (hashed?.slots?.others.length ?? 0)
  const otherReader = createFeatureReader(otherName)

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
    const rest: [slot: number, amount: number][] = []
    for (const key of Object.keys(row))
      for (const [name, value] of entriesOf(key, row[key], rowIndex)) {
        const place = placeOf(name)
        if (place === undefined) continue
        const { index, slot, sign } = place
        if (index === undefined) {
          rest.push([slot, sign * otherReader.read(value, rowIndex)])
          continue
        }
        const feature = features[index]
        if (feature.form.kind !== 'ignored') additions.push({ index, amount: sign * feature.read(value, rowIndex) })
      }
    // only now, since a getter may have asked for another row
    others.begin()
    for (const [slot, amount] of rest) others.add(slot, amount)
    others.finish((index, amount) => additions.push({ index: firstOther + index, amount }))
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
  const places = new Map(features.map(({ name }, index): [string, Place] => [name, { index, slot: index, sign: 1 }]))
  return (name) => places.get(name)
}

type Hashing = NonNullable<DictReading['hashed']>

/** @throws VALIDATION_FAILED where features of slots are none */
function byHash(features: readonly FeatureReader[], { signed, slots }: Hashing): (name: string) => Place {
  const count = slots?.of ?? features.length
  const places = slots && slotPlaces({ features, prefix: '', slots })
  return (name) => {
    const hash = murmurHash(name)
    const slot = hashColumn(hash, count)
    return { index: places === undefined ? slot : places.get(slot), slot, sign: signed && hash < 0 ? -1 : 1 }
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
