// A lead and a listing in, the fifteen factors of their match out: the row of property_matcher_v3.

import { createError } from '../errors.ts'
import { type CrmModelRow, propertyMatcherFeatures } from '../resilience/crm-rules/model-features.ts'
import {
  bathroomsScore,
  bedroomsScore,
  budgetScore,
  commuteScore,
  distanceKm,
  hoaFeeScore,
  homeAgeScore,
  lotSizeScore,
  marketTimingScore,
  parkingScore,
  schoolsScore,
  sqftScore,
  walkabilityScore,
} from './factor-scores.ts'
import type { Lead } from './lead.ts'
import { listingColumn, listingNumberCount, readListingNumbers } from './listing-numbers.ts'
import type { Listing } from './listing.ts'
import { type MatchContext, type PreparedLead, prepareLead } from './prepared-lead.ts'

export const matchFactorCount = propertyMatcherFeatures.length

/** What a factor counts as where the lead has not said or the listing is silent. */
export const neutralFactor = 0.5

/**
 * The fifteen factors, each 0 (does not suit) to 1 (suits), ½ where the lead has not said or the listing is silent; how each
 * is computed stands in `factor-scores.ts` and `prepared-lead.ts`.
 * @throws INPUT_INVALID for a lead or a listing that cannot be
 * @example
 * matchFactors({ id: 'l1', preferences: { maxPrice: 400_000 } }, { id: 'p1', price: 440_000 }, { year: 2026 }).budget // 0.5
 */
export function matchFactors(lead: Lead, listing: Listing, context: MatchContext): CrmModelRow<'property_matcher_v3'> {
  const prepared = prepareLead(lead, context)
  const factors = new Float64Array(matchFactorCount)
  writeFactors(prepared, listing, listingNumbers(listing), factors, 0)
  return matcherRow(factors)
}

/** The row that the model is asked, of written factors. */
export function matcherRow(factors: Float64Array): CrmModelRow<'property_matcher_v3'> {
  const row = {} as Record<keyof CrmModelRow<'property_matcher_v3'>, number>
  propertyMatcherFeatures.forEach((name, i) => (row[name] = orNeutral(factors[i])))
  return row
}

/**
 * Writes the factors to `into[offset…offset + 14]`, NaN where the lead has not said or the listing is silent.
 * Five arguments: an object would be made for each of thousands of listings.
 */
export function writeFactors(
  lead: PreparedLead,
  listing: Listing,
  numbers: Float64Array,
  into: Float64Array,
  offset: number,
): void {
  const { wishes, commute } = lead
  const column = listingColumn
  const km = distanceKm(commute.latitude, commute.longitude, numbers[column.latitude], numbers[column.longitude])
  into[offset] = budgetScore(numbers[column.price], wishes.minPrice, wishes.maxPrice)
  into[offset + 1] = lead.locationScore(listing)
  into[offset + 2] = bedroomsScore(numbers[column.bedrooms], wishes.minBedrooms)
  into[offset + 3] = bathroomsScore(numbers[column.bathrooms], wishes.minBathrooms)
  into[offset + 4] = lead.typeScore(listing)
  into[offset + 5] = sqftScore(numbers[column.sqft], wishes.minSqft)
  into[offset + 6] = schoolsScore(numbers[column.schoolRating])
  into[offset + 7] = commuteScore(km, commute.maxKm)
  into[offset + 8] = walkabilityScore(numbers[column.walkScore])
  into[offset + 9] = numbers[column.safety]
  into[offset + 10] = hoaFeeScore(numbers[column.hoaFee], wishes.maxHoaFee)
  into[offset + 11] = lotSizeScore(numbers[column.lotSqft], wishes.minLotSqft)
  into[offset + 12] = homeAgeScore(Math.max(0, lead.year - numbers[column.yearBuilt]), wishes.maxHomeAgeYears)
  into[offset + 13] = parkingScore(numbers[column.parkingSpaces], wishes.minParkingSpaces)
  into[offset + 14] = marketTimingScore(numbers[column.daysOnMarket], numbers[column.priceCut], wishes.urgency)
}

export function orNeutral(factor: number): number {
  return Number.isNaN(factor) ? neutralFactor : factor
}

/** @throws INPUT_INVALID */
export function listingNumbers(listing: Listing): Float64Array {
  const numbers = new Float64Array(listingNumberCount)
  const fault = readListingNumbers(listing, numbers)
  if (fault === undefined) return numbers
  throw createError('INPUT_INVALID', `listing: ${fault}`, { details: { listing: listing?.id } })
}
