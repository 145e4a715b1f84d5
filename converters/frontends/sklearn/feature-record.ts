// What estimators said of one raw feature in, its entry in the schema out.

import type { FeatureSchema, Scalar } from '../../../src/artifact/schema.ts'
import { mostTextColumns, type TextColumns } from '../../../src/artifact/text-columns.ts'
import { createError } from '../../../src/errors.ts'
import { describePlace, type Place } from './place.ts'

/** How a vectorizer tells terms; `names` are the terms, or how many columns there are where they are hashed. */
export type Counting = Omit<TextColumns, 'start' | 'count' | 'terms'> & {
  readonly names: readonly string[] | number
  /** Only where they are hashed. */
  readonly signed?: boolean
}

export type Feature = {
  name: string
  /** How its terms are counted. */
  texts: TextColumns[]
  /** The text feature whose terms are counted here. */
  readonly of?: number
  dtype: FeatureSchema['dtype'] | undefined
  /** Who said so: named where another step says otherwise. */
  dtypeBy: string
  readonly codes: Map<string, number>
  /** Numbers that encoders know. */
  readonly keys: Set<number>
  /** Numbers that stand for missing. */
  readonly sentinels: Set<number>
  unknown: FeatureSchema['unknown']
  isMissingRefused: boolean
  isInfiniteRefused: boolean
}

export function newFeature(name: string, of?: number): Feature {
  return {
    name,
    ...(of !== undefined && { of }),
    texts: [],
    dtype: undefined,
    dtypeBy: '',
    codes: new Map(),
    keys: new Set(),
    sentinels: new Set(),
    unknown: undefined,
    isMissingRefused: false,
    isInfiniteRefused: false,
  }
}

export function termCount(names: Counting['names']): number {
  return typeof names === 'number' ? names : names.length
}

/** The columns of a text, and the features that its terms are counted in. */
export function termFeatures(
  { names, signed, ...telling }: Counting,
  text: Feature,
  { number, start }: { readonly number: number; readonly start: number },
): { readonly texts: TextColumns; readonly features: readonly Feature[] } {
  const count = termCount(names)
  const prefix = text.texts.length === 0 ? `${text.name}: ` : `${text.name} (${text.texts.length + 1}): `
  const terms = typeof names === 'number' ? Array.from({ length: count }, (_, i) => `#${i}`) : names
  const features = terms.map((term): Feature => {
    return { ...newFeature(prefix + term, number), isMissingRefused: true, isInfiniteRefused: true }
  })
  const kind =
    typeof names === 'number'
      ? ({ kind: 'hash', signed: signed === true } as const)
      : ({ kind: 'names', prefix } as const)
  return { texts: { ...telling, start, count, terms: kind }, features }
}

export function tooManyTerms(place: Place, count: number): Error {
  return createError(
    'LIMIT_EXCEEDED',
    `${describePlace(place)}: ${count} columns for terms are more than the limit of ${mostTextColumns}, since each row holds ` +
      'all of them; fit it with fewer (max_features, min_df, n_features).',
  )
}

/** The columns that a hasher of so many has alike, until it is known which of them are needed. */
export function slotFeature(of: number | undefined): Feature {
  return { ...newFeature('a slot of a hash', of), isMissingRefused: true, isInfiniteRefused: true }
}

export function toSchema(feature: Feature, used: boolean): FeatureSchema {
  const dtype = feature.dtype ?? 'number'
  const categories = categoriesOf(feature, dtype)
  return {
    name: feature.name,
    dtype,
    ...(feature.texts.length > 0 && { texts: feature.texts }),
    ...(feature.of !== undefined && { of: feature.of }),
    used: used || dtype === 'text',
    missing: (used || dtype === 'text') && feature.isMissingRefused ? 'error' : 'handled',
    ...(categories === undefined ? {} : { categories, unknown: feature.unknown ?? 'ignored' }),
    ...(used && dtype === 'number' && !feature.isInfiniteRefused ? { infinite: true } : {}),
  }
}

function categoriesOf(feature: Feature, dtype: FeatureSchema['dtype']): readonly Scalar[] | undefined {
  if (dtype === 'string') return [...feature.codes.keys()]
  if (feature.keys.size === 0 || dtype === 'boolean') return undefined
  return [...new Set([...feature.keys, ...feature.sentinels])]
}
