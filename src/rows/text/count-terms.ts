// A text feature and its schema in; a function that tells, or writes, how often each term stands in a text out.

import type { FeatureSchema } from '../../artifact/schema.ts'
import type { TextColumns } from '../../artifact/text-columns.ts'
import { createError } from '../../errors.ts'
import { createAnalyzer } from './analyze-text.ts'
import { hashColumn, murmurHashOf } from './murmur-hash.ts'
import { countOtherSlots } from './other-slots.ts'
import { slotPlaces } from './slot-places.ts'
import type { EachTerm } from './term-items.ts'
import { createTermTable } from './term-table.ts'

/** Writes to `into[offset + start … offset + start + count)`. */
export type CountTerms = (text: string, into: Float64Array, offset: number) => void

/** Who hears of the terms of a text, by the number of their feature in the schema. */
export type TermListener = {
  add(feature: number, amount: number): void
  /** Makes the count 1, however often it is asked. */
  mark(feature: number): void
}

/** @throws VALIDATION_FAILED where the columns are none of the schema's */
export function createTermCounter(columns: TextColumns, features: readonly FeatureSchema[]): CountTerms {
  const { start, count } = columns
  let target: Float64Array = new Float64Array(0)
  let first = 0
  const tell = createTermTeller(columns, features, {
    add(feature, amount) {
      target[first + feature] += amount
    },
    mark(feature) {
      target[first + feature] = 1
    },
  })
  return (text, into, offset) => {
    into.fill(0, offset + start, offset + start + count)
    target = into
    first = offset
    tell(text)
  }
}

/** @throws VALIDATION_FAILED where the columns are none of the schema's */
export function createTermTeller(
  columns: TextColumns,
  features: readonly FeatureSchema[],
  listener: TermListener,
): (text: string) => void {
  const { start, count, binary, terms } = columns
  if (start + count > features.length)
    throw createError(
      'VALIDATION_FAILED',
      `terms are counted in features ${start} to ${start + count - 1}, and the schema has ${features.length}`,
    )
  const analyze = createAnalyzer(columns)
  const own = features.slice(start, start + count)
  switch (terms.kind) {
    case 'names': {
      const placeOf = createTermTable(own.map(({ name }) => name.slice(terms.prefix.length)))
      const each: EachTerm = (bytes, from, to, hash) => {
        const place = placeOf(bytes, from, to, hash)
        if (place === 0) return
        if (binary) listener.mark(start + place - 1)
        else listener.add(start + place - 1, 1)
      }
      return (text) => analyze(text, each)
    }
    case 'hash': {
      const each: EachTerm = (bytes, from, to) => {
        const hash = murmurHashOf(bytes, from, to)
        const feature = start + hashColumn(hash, count)
        if (binary) listener.mark(feature)
        else listener.add(feature, terms.signed && hash < 0 ? -1 : 1)
      }
      return (text) => analyze(text, each)
    }
    case 'slots': {
      const { signed, prefix, slots } = terms
      const places = slotPlaces({ features: own, prefix, slots })
      const others = countOtherSlots(slots.others)
      const each: EachTerm = (bytes, from, to) => {
        const hash = murmurHashOf(bytes, from, to)
        const slot = hashColumn(hash, slots.of)
        const place = places.get(slot)
        const amount = signed && hash < 0 ? -1 : 1
        if (place === undefined) {
          if (binary) others.mark(slot)
          else others.add(slot, amount)
        } else if (binary) listener.mark(start + place)
        else listener.add(start + place, amount)
      }
      const tellOther = (index: number, value: number): void =>
        listener.add(start + count - slots.others.length + index, value)
      return (text) => {
        others.begin()
        analyze(text, each)
        others.finish(tellOther)
      }
    }
  }
}
