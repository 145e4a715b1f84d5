// A listing in, its numbers in a fixed order out, NaN where it is silent; or one sentence about what is wrong with it.

import { shownValue } from '../rows/shown-value.ts'
import type { Listing } from './listing.ts'

/** Position of each number; the order is this module's own. */
export const listingColumn = {
  price: 0,
  bedrooms: 1,
  bathrooms: 2,
  sqft: 3,
  latitude: 4,
  longitude: 5,
  schoolRating: 6,
  walkScore: 7,
  safety: 8,
  hoaFee: 9,
  lotSqft: 10,
  yearBuilt: 11,
  parkingSpaces: 12,
  daysOnMarket: 13,
  priceCut: 14,
  areaMedianPrice: 15,
} as const satisfies Partial<Record<keyof Listing, number>>

type NumberField = keyof typeof listingColumn

/** What a number may be: outside of it the listing is wrong, most often by its unit (a safety of 80 is a percentage). */
const ranges: Readonly<Record<NumberField, readonly [least: number, most: number]>> = {
  price: [1, 1e12],
  bedrooms: [0, 1000],
  bathrooms: [0, 1000],
  sqft: [0, 1e9],
  latitude: [-90, 90],
  longitude: [-180, 180],
  schoolRating: [0, 10],
  walkScore: [0, 100],
  safety: [0, 1],
  hoaFee: [0, 1e9],
  lotSqft: [0, 1e12],
  yearBuilt: [1000, 3000],
  parkingSpaces: [0, 10_000],
  daysOnMarket: [0, 100_000],
  priceCut: [0, 1],
  areaMedianPrice: [1, 1e12],
}

const texts = ['propertyType', 'city', 'neighborhood', 'postalCode'] as const satisfies readonly (keyof Listing)[]
const fields = Object.keys(listingColumn) as readonly NumberField[]
const least = Float64Array.from(fields, (field) => ranges[field][0])
const most = Float64Array.from(fields, (field) => ranges[field][1])

export const listingNumberCount = fields.length

/**
 * Reads into `into[0…15]`, without making an object. `null`, `undefined` and NaN mean that the listing is silent.
 * @returns what is wrong, or undefined where nothing is; then `into` holds every number
 */
export function readListingNumbers(listing: Listing, into: Float64Array): string | undefined {
  if (typeof listing !== 'object' || listing === null) return `expected an object, got ${shownValue(listing)}`
  const { id, amenities } = listing
  if (typeof id !== 'string' || id === '') return `id: expected a text that is not empty, got ${shownValue(id)}`
  for (let i = 0; i < fields.length; i++) {
    const value = listing[fields[i]]
    if (typeof value === 'number' && value >= least[i] && value <= most[i]) into[i] = value
    else if (isSilent(value)) into[i] = NaN
    else return `${fields[i]}: expected a number from ${least[i]} to ${most[i]}, got ${shownValue(value)}`
  }
  if (Number.isNaN(into[listingColumn.price])) return 'price: expected a number of dollars, got none'
  for (let i = 0; i < texts.length; i++) {
    const value: unknown = listing[texts[i]]
    if (typeof value !== 'string' && value !== undefined && value !== null)
      return `${texts[i]}: expected a text, got ${shownValue(value)}`
  }
  if (amenities != null && !isTexts(amenities)) return `amenities: expected texts, got ${shownValue(amenities)}`
  return undefined
}

function isSilent(value: unknown): boolean {
  return value === undefined || value === null || Number.isNaN(value)
}

function isTexts(value: unknown): boolean {
  if (!Array.isArray(value)) return false
  for (let i = 0; i < value.length; i++) if (typeof value[i] !== 'string') return false
  return true
}
