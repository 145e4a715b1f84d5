// A lead and the year in; its wishes as numbers and look-ups that a listing is compared with, without making objects, out.

import { createError } from '../errors.ts'
import { shownValue } from '../rows/shown-value.ts'
import type { Lead, LeadPreferences } from './lead.ts'
import type { Listing } from './listing.ts'
import { comparableName, typeGroupOf } from './place-names.ts'

/** What a match depends on beside lead and listing. */
export type MatchContext = {
  /** Calendar year now, for the age of homes. */
  readonly year: number
}

/** EnterpriseHub: a kind of property of the same group as a wished one. */
const similarTypeScore = 0.6

/** Numbers are NaN where the lead has not said. */
export type PreparedLead = {
  readonly lead: Lead
  readonly year: number
  readonly wishes: Readonly<Record<WishName, number>>
  readonly commute: { readonly latitude: number; readonly longitude: number; readonly maxKm: number }
  /** 1 where any name of the listing's place is wished, 0 where none is; NaN where either side is silent. */
  locationScore(listing: Listing): number
  /** Wished kind 1, similar 0.6, other 0; NaN where either side is silent. */
  typeScore(listing: Listing): number
  /** Share of the must-haves among the amenities; NaN where either side is silent. */
  mustHaveShare(listing: Listing): number
}

/** Greatest value of each wish that is a number; all start at 0. */
const wishLimits = {
  minPrice: 1e12,
  maxPrice: 1e12,
  minBedrooms: 1000,
  minBathrooms: 1000,
  minSqft: 1e9,
  maxHoaFee: 1e9,
  minLotSqft: 1e12,
  maxHomeAgeYears: 1e4,
  minParkingSpaces: 1e4,
  urgency: 1,
} as const satisfies Partial<Record<keyof LeadPreferences, number>>

type WishName = keyof typeof wishLimits

const nowhere = { latitude: NaN, longitude: NaN, maxKm: NaN }

/** @throws INPUT_INVALID for a lead without an id, or with a wish that cannot be */
export function prepareLead(lead: Lead, { year }: MatchContext): PreparedLead {
  if (typeof lead !== 'object' || lead === null || typeof lead.id !== 'string' || lead.id === '')
    throw createError('INPUT_INVALID', `lead: expected an object with an id, got ${shownValue(lead)}`)
  const preferences = lead.preferences ?? {}
  const wishes = {} as Record<WishName, number>
  for (const [name, most] of Object.entries(wishLimits) as [WishName, number][])
    wishes[name] = wishOf(lead, name, preferences[name], most)
  if (wishes.maxPrice === 0) throw wrongWish(lead, 'maxPrice', 'a number above 0', 0)
  if (wishes.minPrice > wishes.maxPrice)
    throw wrongWish(lead, 'minPrice', `at most maxPrice, ${wishes.maxPrice}`, wishes.minPrice)
  const types = namesOf(lead, 'propertyTypes')
  return {
    lead,
    year,
    wishes,
    commute: commuteOf(lead),
    locationScore: placeScorer(namesOf(lead, 'locations')),
    typeScore: typeScorer(types),
    mustHaveShare: amenityScorer(namesOf(lead, 'mustHaves')),
  }
}

function placeScorer(wished: ReadonlySet<string>): PreparedLead['locationScore'] {
  const isWished = remembered((name) => wished.has(comparableName(name)))
  return ({ neighborhood, postalCode, city }) => {
    if (wished.size === 0) return NaN
    let said = NaN
    if (neighborhood) {
      if (isWished(neighborhood)) return 1
      said = 0
    }
    if (postalCode) {
      if (isWished(postalCode)) return 1
      said = 0
    }
    if (city) return isWished(city) ? 1 : 0
    return said
  }
}

function typeScorer(wished: ReadonlySet<string>): PreparedLead['typeScore'] {
  const wishedGroups = new Set([...wished].map(typeGroupOf))
  wishedGroups.delete(undefined)
  const scoreOf = remembered((type) => {
    const name = comparableName(type)
    if (wished.has(name)) return 1
    return wishedGroups.has(typeGroupOf(name)) ? similarTypeScore : 0
  })
  return ({ propertyType }) => (wished.size === 0 || !propertyType ? NaN : scoreOf(propertyType))
}

function amenityScorer(wished: ReadonlySet<string>): PreparedLead['mustHaveShare'] {
  const nameOf = remembered(comparableName)
  return ({ amenities }) => {
    if (wished.size === 0 || amenities == null) return NaN
    let found = 0
    // an amenity that is named twice is there once
    for (let i = 0; i < amenities.length; i++)
      if (wished.has(nameOf(amenities[i])) && amenities.indexOf(amenities[i]) === i) found++
    return Math.min(1, found / wished.size)
  }
}

/** Listings share few names: each is made comparable once a lead. */
function remembered<Result>(compute: (name: string) => Result): (name: string) => Result {
  const known = new Map<string, Result>()
  return (name) => {
    let result = known.get(name)
    if (result === undefined) {
      result = compute(name)
      known.set(name, result)
    }
    return result
  }
}

function wishOf(lead: Lead, name: WishName, value: unknown, most: number): number {
  if (value === undefined || value === null || Number.isNaN(value)) return NaN
  if (typeof value === 'number' && value >= 0 && value <= most) return value
  throw wrongWish(lead, name, `a number from 0 to ${most}`, value)
}

function namesOf(lead: Lead, name: 'locations' | 'propertyTypes' | 'mustHaves'): ReadonlySet<string> {
  const names: unknown = lead.preferences?.[name] ?? []
  if (!Array.isArray(names) || names.some((one) => typeof one !== 'string'))
    throw wrongWish(lead, name, 'an array of texts', names)
  return new Set((names as string[]).map(comparableName).filter((one) => one !== ''))
}

function commuteOf(lead: Lead): PreparedLead['commute'] {
  const to = lead.preferences?.commuteTo
  if (to === undefined || to === null) return nowhere
  const { latitude, longitude, maxKm } = to
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && maxKm >= 0 && maxKm < Infinity
  if (!isPlace) throw wrongWish(lead, 'commuteTo', 'degrees and a way of 0 km or more', to)
  return to
}

function wrongWish(lead: Lead, name: string, expected: string, got: unknown): Error {
  return createError(
    'INPUT_INVALID',
    `lead ${lead.id}: preferences.${name}: expected ${expected}, got ${shownValue(got)}`,
    { details: { lead: lead.id, preference: name } },
  )
}
