// A lead and a listing in, the row of property_interest_predictor_v2 out: the listing, and how it stands to what the lead wants.

import { type CrmModelRow, propertyInterestFeatures } from '../resilience/crm-rules/model-features.ts'
import type { Lead } from './lead.ts'
import { listingColumn } from './listing-numbers.ts'
import type { Listing } from './listing.ts'
import { listingNumbers, orNeutral } from './match-factors.ts'
import { type PreparedLead, prepareLead } from './prepared-lead.ts'

export const interestFeatureCount = propertyInterestFeatures.length

/** How soon, where the lead has not said. */
export const neutralUrgency = 0.5

/**
 * Price in USD, size in square feet; NaN (missing) where the listing is silent, and for `budget_ratio` and `bedroom_gap`
 * also where the lead has not said. `lead_urgency`, `location_match` and `type_match` are ½ then, as in the matcher.
 * @throws INPUT_INVALID for a lead or a listing that cannot be
 */
export function propertyInterestRow(lead: Lead, listing: Listing): CrmModelRow<'property_interest_predictor_v2'> {
  const values = new Float64Array(interestFeatureCount)
  writeInterestRow(prepareLead(lead, { year: NaN }), listing, listingNumbers(listing), values, 0)
  const row = {} as Record<keyof CrmModelRow<'property_interest_predictor_v2'>, number>
  propertyInterestFeatures.forEach((name, i) => (row[name] = values[i]))
  return row
}

/** Writes the ten values to `into[offset…offset + 9]`. */
export function writeInterestRow(
  lead: PreparedLead,
  listing: Listing,
  numbers: Float64Array,
  into: Float64Array,
  offset: number,
): void {
  const { wishes } = lead
  const price = numbers[listingColumn.price]
  const bedrooms = numbers[listingColumn.bedrooms]
  into[offset] = price
  into[offset + 1] = bedrooms
  into[offset + 2] = numbers[listingColumn.bathrooms]
  into[offset + 3] = numbers[listingColumn.sqft]
  into[offset + 4] = listing.amenities?.length ?? 0
  into[offset + 5] = Number.isNaN(wishes.urgency) ? neutralUrgency : wishes.urgency
  into[offset + 6] = price / wishes.maxPrice
  into[offset + 7] = bedrooms - wishes.minBedrooms
  into[offset + 8] = orNeutral(lead.locationScore(listing))
  into[offset + 9] = orNeutral(lead.typeScore(listing))
}
