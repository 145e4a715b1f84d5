// A lead and listings in, whole rows out: worked by hand, neutral where either side is silent, compared by name however it is written.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Lead, LeadPreferences } from '../../src/crm/lead.ts'
import type { Listing } from '../../src/crm/listing.ts'
import { matchFactors } from '../../src/crm/match-factors.ts'
import { prepareLead } from '../../src/crm/prepared-lead.ts'
import { propertyMatcherFeatures } from '../../src/resilience/crm-rules/model-features.ts'

const context = { year: 2026 }
const lead = (preferences: LeadPreferences): Lead => ({ id: 'l1', preferences })

describe('matchFactors', () => {
  it('gives the row that was worked by hand', () => {
    const wanted = lead({
      minPrice: 250_000,
      maxPrice: 400_000,
      locations: ['Elk Grove'],
      minBedrooms: 3,
      minBathrooms: 2,
      propertyTypes: ['House'],
      minSqft: 2000,
      commuteTo: { latitude: 38, longitude: -121, maxKm: 11.12 },
      maxHoaFee: 100,
      minLotSqft: 5000,
      maxHomeAgeYears: 20,
      minParkingSpaces: 2,
      urgency: 1,
    })
    const listing: Listing = {
      id: 'p1',
      price: 420_000,
      bedrooms: 2,
      bathrooms: 1.5,
      sqft: 1700,
      propertyType: 'Single Family',
      city: 'ELK_GROVE',
      latitude: 38.15,
      longitude: -121,
      schoolRating: 8,
      walkScore: 35,
      safety: 0.9,
      hoaFee: 150,
      lotSqft: 3500,
      yearBuilt: 1996,
      parkingSpaces: 1,
      daysOnMarket: 5,
    }
    const expected = {
      budget: 0.75,
      location: 1,
      bedrooms: 0.5,
      bathrooms: 0.7,
      property_type: 0.6,
      sqft: 0.5,
      schools: 0.8,
      commute: 0.5,
      walkability: 0.35,
      safety: 0.9,
      hoa_fee: 0.5,
      lot_size: 0.5,
      home_age: 0.5,
      parking: 0.5,
      market_timing: 0.8,
    }
    const row = matchFactors(wanted, listing, context)
    expect(Object.keys(row)).toEqual(propertyMatcherFeatures)
    for (const name of propertyMatcherFeatures) expect(row[name], name).toBeCloseTo(expected[name], 9)
  })

  it('is ½ in everything where lead and listing say nothing', () => {
    const row = matchFactors({ id: 'l1' }, { id: 'p1', price: 1 }, context)
    expect(new Set(Object.values(row))).toEqual(new Set([0.5]))
  })

  it('takes null and NaN for silence on both sides', () => {
    const wanted = { id: 'l1', preferences: { minBedrooms: null, maxPrice: NaN, commuteTo: null } } as unknown as Lead
    const listing = { id: 'p1', price: 1, bedrooms: null, safety: NaN, amenities: null } as unknown as Listing
    expect(new Set(Object.values(matchFactors(wanted, listing, context)))).toEqual(new Set([0.5]))
  })

  it('stays within 0 to 1 for any lead and listing', () => {
    const amount = (max: number) => fc.option(fc.double({ min: 0, max, noNaN: true }), { nil: undefined })
    const wishes = fc.record(
      {
        maxPrice: fc.double({ min: 1, max: 1e7, noNaN: true }),
        minBedrooms: amount(9),
        minBathrooms: amount(9),
        minSqft: amount(9000),
        maxHoaFee: amount(900),
        minLotSqft: amount(1e5),
        maxHomeAgeYears: amount(200),
        minParkingSpaces: amount(5),
        urgency: amount(1),
        locations: fc.array(fc.constantFrom('a', 'b', 'C_d')),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<LeadPreferences>
    const listings = fc.record(
      {
        id: fc.constant('p'),
        price: fc.double({ min: 1, max: 1e7, noNaN: true }),
        bedrooms: amount(9),
        bathrooms: amount(9),
        sqft: amount(9000),
        hoaFee: amount(900),
        lotSqft: amount(1e5),
        yearBuilt: fc.integer({ min: 1700, max: 2030 }),
        parkingSpaces: amount(5),
        daysOnMarket: amount(1000),
        priceCut: amount(1),
        city: fc.constantFrom('A', 'c d', ''),
      },
      { requiredKeys: ['id', 'price'] },
    ) as fc.Arbitrary<Listing>
    fc.assert(
      fc.property(wishes, listings, (preferences, listing) => {
        for (const factor of Object.values(matchFactors(lead(preferences), listing, context)))
          expect(factor >= 0 && factor <= 1).toBe(true)
      }),
    )
  })
})

describe('prepareLead', () => {
  const place = (locations: string[], listing: Partial<Listing>) =>
    prepareLead(lead({ locations }), context).locationScore({ id: 'p', price: 1, ...listing })

  it.each([
    [['95823'], { city: 'Sacramento', postalCode: '95823' }, 1],
    [['north ames'], { neighborhood: 'North_Ames', city: 'Ames' }, 1],
    [['AMES'], { neighborhood: 'Old Town', city: 'Ames' }, 1],
    [['Folsom'], { neighborhood: 'Old Town', city: 'Ames' }, 0],
    [['Folsom'], { neighborhood: 'Old Town' }, 0],
    [['Folsom'], {}, NaN],
    [[], { city: 'Ames' }, NaN],
    [[' '], { city: 'Ames' }, NaN],
  ] as const)('compares the wish %j with the place %j: %d', (wish, listing, expected) => {
    expect(place([...wish], listing)).toBe(expected)
  })

  it.each([
    [['condo'], 'Condo', 1],
    [['condo'], 'Townhouse', 0.6],
    [['condo'], 'House', 0],
    [['Multi_Family'], 'duplex', 0.6],
    [['yurt'], 'Tipi', 0],
    [['yurt'], undefined, NaN],
  ] as const)('compares the wished kinds %j with %j: %d', (wish, propertyType, expected) => {
    const { typeScore } = prepareLead(lead({ propertyTypes: wish }), context)
    expect(typeScore({ id: 'p', price: 1, ...(propertyType && { propertyType }) })).toBe(expected)
  })

  it('counts a must-have that a listing names twice once', () => {
    const { mustHaveShare } = prepareLead(lead({ mustHaves: ['Pool', 'garage'] }), context)
    expect(mustHaveShare({ id: 'p', price: 1, amenities: ['pool', 'pool'] })).toBe(0.5)
    expect(mustHaveShare({ id: 'p', price: 1 })).toBeNaN()
  })
})
