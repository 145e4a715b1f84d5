// Leads and listings that cannot be: refused with the field, what was expected and what came.
import { describe, expect, it } from 'vitest'
import type { Lead } from '../../src/crm/lead.ts'
import type { Listing } from '../../src/crm/listing.ts'
import { matchFactors } from '../../src/crm/match-factors.ts'
import { viewingProbabilityRow } from '../../src/crm/viewing-row.ts'

const listing: Listing = { id: 'p1', price: 1 }
const context = { year: 2026 }
const invalid = (...texts: readonly unknown[]) =>
  expect.objectContaining({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(new RegExp(texts.map(String).join('.*'))),
  })

const badListings: readonly (readonly [given: unknown, ...texts: string[]])[] = [
  [null, 'expected an object', 'null'],
  [{ price: 1 }, 'id', 'undefined'],
  [{ id: '', price: 1 }, 'id', '""'],
  [{ id: 'p' }, 'price', 'none'],
  [{ id: 'p', price: 0 }, 'price', 'got 0'],
  [{ id: 'p', price: '400000' }, 'price', '"400000"'],
  [{ id: 'p', price: Infinity }, 'price', 'Infinity'],
  [{ id: 'p', price: 1, bedrooms: -1 }, 'bedrooms', 'got -1'],
  [{ id: 'p', price: 1, safety: 80 }, 'safety', 'from 0 to 1', 'got 80'],
  [{ id: 'p', price: 1, schoolRating: 90 }, 'schoolRating', 'got 90'],
  [{ id: 'p', price: 1, priceCut: 5 }, 'priceCut', 'got 5'],
  [{ id: 'p', price: 1, latitude: 91 }, 'latitude', 'got 91'],
  [{ id: 'p', price: 1, city: 7 }, 'city', 'got 7'],
  [{ id: 'p', price: 1, amenities: 'pool' }, 'amenities', '"pool"'],
  [{ id: 'p', price: 1, amenities: [7] }, 'amenities', 'texts'],
]

describe('matchFactors', () => {
  it.each(badListings)('refuses the listing %j', (given, ...texts) => {
    expect(() => matchFactors({ id: 'l' }, given as Listing, context)).toThrow(invalid(...texts))
  })

  const badLeads: readonly (readonly [given: unknown, ...texts: string[]])[] = [
    [undefined, 'lead', 'undefined'],
    [{}, 'lead', 'id'],
    [{ id: 'l', preferences: { maxPrice: 0 } }, 'maxPrice', 'above 0'],
    [{ id: 'l', preferences: { maxPrice: '5' } }, 'maxPrice', '"5"'],
    [{ id: 'l', preferences: { minPrice: 9, maxPrice: 5 } }, 'minPrice', 'at most maxPrice, 5', 'got 9'],
    [{ id: 'l', preferences: { urgency: 2 } }, 'urgency', 'from 0 to 1'],
    [{ id: 'l', preferences: { locations: 'Ames' } }, 'locations', 'an array of texts'],
    [{ id: 'l', preferences: { mustHaves: [1] } }, 'mustHaves', 'an array of texts'],
    [{ id: 'l', preferences: { commuteTo: { latitude: 1, longitude: 1 } } }, 'commuteTo', 'degrees'],
  ]

  it.each(badLeads)('refuses the lead %j', (given, ...texts) => {
    expect(() => matchFactors(given as Lead, listing, context)).toThrow(invalid(...texts))
  })
})

describe('viewingProbabilityRow', () => {
  it.each([{ interactions30d: -1 }, { propertyViews30d: '3' }, { daysSinceLastInteraction: Infinity }])(
    'refuses the activity %j',
    (activity) => {
      expect(() => viewingProbabilityRow({ id: 'l', activity } as unknown as Lead, listing)).toThrow(
        invalid('lead l', 'activity', 'a number of 0 or more'),
      )
    },
  )
})
