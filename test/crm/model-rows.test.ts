// The rows of the interest and the viewing model: worked by hand, and what stands for what is not known.
import { describe, expect, it } from 'vitest'
import { propertyInterestRow } from '../../src/crm/interest-row.ts'
import type { Lead } from '../../src/crm/lead.ts'
import { viewingProbabilityRow } from '../../src/crm/viewing-row.ts'
import { propertyInterestFeatures, viewingProbabilityFeatures } from '../../src/resilience/crm-rules/model-features.ts'

const listing = {
  id: 'p1',
  price: 380_000,
  bedrooms: 4,
  bathrooms: 2.5,
  sqft: 2100,
  propertyType: 'Condo',
  city: 'Folsom',
  amenities: ['pool', 'garage', 'fireplace'],
}
const lead: Lead = {
  id: 'l1',
  preferences: {
    maxPrice: 400_000,
    minBedrooms: 3,
    urgency: 0.8,
    locations: ['folsom'],
    propertyTypes: ['townhouse'],
  },
  activity: { interactions30d: 12, activeDays30d: 5, propertyViews30d: 9, daysSinceLastInteraction: 2 },
}
const listed = { price: 380_000, bedrooms: 4, bathrooms: 2.5, sqft: 2100, feature_count: 3, lead_urgency: 0.8 }

describe('propertyInterestRow', () => {
  it('says the listing, and how it stands to the wishes', () => {
    const row = propertyInterestRow(lead, listing)
    expect(Object.keys(row)).toEqual(propertyInterestFeatures)
    expect(row).toEqual({ ...listed, budget_ratio: 0.95, bedroom_gap: 1, location_match: 1, type_match: 0.6 })
  })

  it('leaves missing what nobody said, and takes ½ for matches and urgency', () => {
    expect(propertyInterestRow({ id: 'l' }, { id: 'p', price: 5 })).toEqual({
      price: 5,
      bedrooms: NaN,
      bathrooms: NaN,
      sqft: NaN,
      feature_count: 0,
      lead_urgency: 0.5,
      budget_ratio: NaN,
      bedroom_gap: NaN,
      location_match: 0.5,
      type_match: 0.5,
    })
  })
})

describe('viewingProbabilityRow', () => {
  it('says the listing, and what the lead has done', () => {
    const row = viewingProbabilityRow(lead, listing)
    expect(Object.keys(row)).toEqual(viewingProbabilityFeatures)
    expect(row).toEqual({
      ...listed,
      interactions: 12,
      interactions_per_active_day: 2.4,
      property_views: 9,
      days_idle: 2,
    })
  })

  it('takes what is usual for what is not known', () => {
    expect(viewingProbabilityRow({ id: 'l' }, { id: 'p', price: 5 })).toEqual({
      price: 5,
      bedrooms: 3,
      bathrooms: 2,
      sqft: 1500,
      feature_count: 0,
      lead_urgency: 0.5,
      interactions: 4,
      interactions_per_active_day: 1,
      property_views: 3,
      days_idle: 7,
    })
  })

  it('has nothing a day without interactions, and no more idle days than 30', () => {
    const activity = { interactions30d: 0, activeDays30d: 0, daysSinceLastInteraction: 400 }
    const row = viewingProbabilityRow({ id: 'l', activity }, listing)
    expect([row.interactions_per_active_day, row.days_idle]).toEqual([0, 30])
  })
})
