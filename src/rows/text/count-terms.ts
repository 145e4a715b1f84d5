// A text feature and its schema in; a function that writes how often each term stands in a text out.

import type { FeatureSchema } from '../../artifact/schema.ts'
import type { TextColumns } from '../../artifact/text-columns.ts'
import { createError } from '../../errors.ts'
import { createAnalyzer } from './analyze-text.ts'
import { hashColumn, murmurHash } from './murmur-hash.ts'

/** Writes to `into[offset + start … offset + start + count)`. */
export type CountTerms = (text: string, into: Float64Array, offset: number) => void

/** @throws VALIDATION_FAILED where the columns are none of the schema's */
export function createTermCounter(columns: TextColumns, features: readonly FeatureSchema[]): CountTerms {
  const { start, count, binary } = columns
  const placeOf = termPlaces(columns, features)
  const analyze = createAnalyzer(columns)
  return (text, into, offset) => {
    const first = offset + start
    into.fill(0, first, first + count)
    analyze(text, (term) => {
      const place = placeOf(term)
      // 0 is the first column too, and −0 its negative: columns are told from 1
      if (place === undefined) return
      const at = first + Math.abs(place) - 1
      if (binary) into[at] = 1
      else into[at] += place > 0 ? 1 : -1
    })
  }
}

/** The column of a term, counted from 1, negative where it takes 1 off; undefined where it has none. */
export type TermPlace = (term: string) => number | undefined

/** @throws VALIDATION_FAILED where the columns are none of the schema's */
export function termPlaces({ start, count, terms }: TextColumns, features: readonly FeatureSchema[]): TermPlace {
  if (start + count > features.length)
    throw createError(
      'VALIDATION_FAILED',
      `terms are counted in features ${start} to ${start + count - 1}, and the schema has ${features.length}`,
    )
  if (terms.kind === 'hash')
    return (term) => {
      const hash = murmurHash(term)
      const column = hashColumn(hash, count) + 1
      return terms.signed && hash < 0 ? -column : column
    }
  const columnOf = new Map<string, number>()
  for (let i = 0; i < count; i++) columnOf.set(features[start + i].name.slice(terms.prefix.length), i + 1)
  return (term) => columnOf.get(term)
}
