// The listings and the training data of the property models: what is committed is what the code that serves computes.
import { describe, expect, it } from 'vitest'
import { propertyInterestRow } from '../../src/crm/interest-row.ts'
import { listingNumberCount, readListingNumbers } from '../../src/crm/listing-numbers.ts'
import { matchFactors } from '../../src/crm/match-factors.ts'
import { viewingProbabilityRow } from '../../src/crm/viewing-row.ts'
import { crmModelFeatures } from '../../src/resilience/crm-rules/model-features.ts'
import { marketYear, readListings, simulateLeads } from '../helpers/real-listings.ts'
import { meanOf, readSimulatedRows } from '../helpers/simulated-rows.ts'

const listings = readListings()

function csv(model: string, name: string): Record<string, number>[] {
  const { names, rows } = readSimulatedRows(model, `${name}.csv`)
  return rows.map((row) => Object.fromEntries(names.map((column, i) => [column, row[i]])))
}

describe('the listings', () => {
  it('are the sales of both files, each of which can be matched', () => {
    expect(listings).toHaveLength(932 + 2930)
    expect(new Set(listings.map(({ id }) => id)).size).toBe(listings.length)
    const numbers = new Float64Array(listingNumberCount)
    expect(listings.filter((listing) => readListingNumbers(listing, numbers) !== undefined)).toEqual([])
  })

  it('map the first row of each file as the reader says', () => {
    expect(listings[0]).toMatchObject({
      id: 'sacramento-1',
      price: 59_222,
      bedrooms: 2,
      bathrooms: 1,
      sqft: 836,
      propertyType: 'Single Family',
      city: 'Sacramento',
      postalCode: '95838',
    })
    expect(listings[932]).toMatchObject({
      id: 'ames-1',
      price: 215_000,
      bathrooms: 1,
      sqft: 1656,
      city: 'Ames',
      neighborhood: 'North Ames',
      lotSqft: 31_770,
      yearBuilt: 1960,
      parkingSpaces: 2,
      amenities: ['air conditioning', 'fireplace', 'garage', 'basement', 'deck', 'porch'],
    })
  })

  it('leave silent what Sacramento’s file does not say', () => {
    for (const field of ['lotSqft', 'yearBuilt', 'parkingSpaces', 'amenities'])
      expect(listings[0]).not.toHaveProperty(field)
  })
})

const rounded = (value: number) => (Number.isNaN(value) ? NaN : Number(value.toPrecision(4)))

describe.each([
  { model: 'property_matcher_v3', name: 'satisfaction', target: 'satisfied', seed: 1003 },
  { model: 'property_interest_predictor_v2', name: 'interest', target: 'interested', seed: 1005 },
  { model: 'viewing_probability_predictor_v2', name: 'viewings', target: 'viewed', seed: 1007 },
] as const)('the data of $model', ({ model, name, target, seed }) => {
  const rows = csv(model, name)
  const leads = simulateLeads(listings, { seed, leadCount: 1300, shownCount: 10 })
  const pairs = leads.flatMap(({ lead, shown }) => shown.map((listing) => ({ lead, listing })))

  it('has the features that the code that serves computes', () => {
    expect(rows).toHaveLength(pairs.length)
    for (let i = 0; i < rows.length; i += 37) {
      const { lead, listing } = pairs[i]
      const served: Readonly<Record<string, number>> =
        model === 'property_matcher_v3'
          ? matchFactors(lead, listing, { year: marketYear })
          : model === 'property_interest_predictor_v2'
            ? propertyInterestRow(lead, listing)
            : viewingProbabilityRow(lead, listing)
      // the viewing model's simulator draws the activity anew for each row
      const drawn = new Set(model === 'viewing_probability_predictor_v2' ? crmModelFeatures[model].slice(6) : [])
      for (const feature of crmModelFeatures[model])
        if (!drawn.has(feature as never))
          expect(rows[i][feature], `${feature} of row ${i}`).toBe(rounded(served[feature]))
    }
  })

  it('draws its labels by the probability that it states, and no class rules', () => {
    const probabilities = rows.map((row) => row['true_probability'])
    const labels = rows.map((row) => row[target])
    const deviation = Math.sqrt(probabilities.reduce((sum, p) => sum + p * (1 - p), 0)) / rows.length
    expect(Math.abs(meanOf(labels) - meanOf(probabilities))).toBeLessThan(4 * deviation)
    expect(meanOf(labels)).toBeGreaterThan(0.35)
    expect(meanOf(labels)).toBeLessThan(0.65)
  })
})
