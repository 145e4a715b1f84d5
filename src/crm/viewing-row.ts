// A lead and a listing in, the row of viewing_probability_predictor_v2 out: the listing, and what the lead has done.

import { createError } from '../errors.ts'
import type { CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import { shownValue } from '../rows/shown-value.ts'
import { neutralUrgency } from './interest-row.ts'
import type { Lead, LeadActivity } from './lead.ts'
import { listingColumn } from './listing-numbers.ts'
import type { Listing } from './listing.ts'
import { listingNumbers } from './match-factors.ts'
import { prepareLead } from './prepared-lead.ts'

/** Stands for what a listing does not say: about the medians of Sacramento's and Ames's sales, which the model learnt from. */
export const typicalListing = { bedrooms: 3, bathrooms: 2, sqft: 1500 } as const

/** Stands for what is not known of a lead: the defaults of EnterpriseHub's churn engine, one interaction an active day. */
export const typicalActivity = { interactions: 4, perActiveDay: 1, views: 3, daysIdle: 7 } as const

/** Longest idle time that is told apart, days. */
const mostDaysIdle = 30

/**
 * Price in USD, size in square feet, counts of the last 30 days. What is not known is as usual: 3 bedrooms, 2 bathrooms,
 * 1,500 square feet, urgency ½, 4 interactions, one an active day, 3 views, 7 days idle (capped at 30).
 * @throws INPUT_INVALID for a lead or a listing that cannot be
 */
export function viewingProbabilityRow(lead: Lead, listing: Listing): ViewingRow {
  return createViewingRows(lead)(listing)
}

type ViewingRow = CrmModelRow<'viewing_probability_predictor_v2'>

/** Rows of one lead, which is read once. */
export function createViewingRows(lead: Lead): (listing: Listing) => ViewingRow {
  const urgency = or(prepareLead(lead, { year: NaN }).wishes.urgency, neutralUrgency)
  const activity = lead.activity ?? {}
  const read = (name: keyof LeadActivity, usual: number) => activityOr(lead, name, activity[name], usual)
  const interactions = read('interactions30d', typicalActivity.interactions)
  const done = {
    interactions,
    interactions_per_active_day: perDay(interactions, read('activeDays30d', NaN)),
    property_views: read('propertyViews30d', typicalActivity.views),
    days_idle: Math.min(mostDaysIdle, read('daysSinceLastInteraction', typicalActivity.daysIdle)),
  }
  return (listing) => {
    const numbers = listingNumbers(listing)
    return {
      price: numbers[listingColumn.price],
      bedrooms: or(numbers[listingColumn.bedrooms], typicalListing.bedrooms),
      bathrooms: or(numbers[listingColumn.bathrooms], typicalListing.bathrooms),
      sqft: or(numbers[listingColumn.sqft], typicalListing.sqft),
      feature_count: listing.amenities?.length ?? 0,
      lead_urgency: urgency,
      ...done,
    }
  }
}

/** None without interactions; as usual where the days are not known, though never more than there are. */
function perDay(interactions: number, activeDays: number): number {
  if (interactions === 0) return 0
  if (Number.isNaN(activeDays)) return Math.min(interactions, typicalActivity.perActiveDay)
  return interactions / Math.max(1, activeDays)
}

function activityOr(lead: Lead, name: string, value: unknown, usual: number): number {
  if (value === undefined || value === null || Number.isNaN(value)) return usual
  if (typeof value === 'number' && value >= 0 && value < Infinity) return value
  throw createError(
    'INPUT_INVALID',
    `lead ${lead.id}: activity.${name}: expected a number of 0 or more, got ${shownValue(value)}`,
    { details: { lead: lead.id, activity: name } },
  )
}

function or(value: number, usual: number): number {
  return Number.isNaN(value) ? usual : value
}
