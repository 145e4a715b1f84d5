// Points of the market over those of what is known, worked by hand.
import { expect, it } from 'vitest'
import type { Listing } from '../../src/crm/listing.ts'
import { marketScore } from '../../src/crm/market-score.ts'
import { listingNumbers } from '../../src/crm/match-factors.ts'

const scoreOf = (listing: Partial<Listing>) => marketScore(listingNumbers({ id: 'p', price: 200_000, ...listing }))

it.each([
  [{ daysOnMarket: 3, areaMedianPrice: 250_000, priceCut: 0.05, schoolRating: 9 }, 1],
  [{ daysOnMarket: 20, areaMedianPrice: 200_000, priceCut: 0, schoolRating: 7 }, 0.35 / 0.8],
  [{ daysOnMarket: 90, areaMedianPrice: 100_000, priceCut: 0, schoolRating: 2 }, 0],
  [{ daysOnMarket: 20 }, 0.2 / 0.3],
  [{ areaMedianPrice: 250_000, priceCut: 0.01 }, 1],
] as const)('of %j is %d', (listing, expected) => {
  expect(scoreOf(listing)).toBeCloseTo(expected, 12)
})

it('is no part of a match where the listing says nothing of the market', () => {
  expect(scoreOf({ bedrooms: 3 })).toBeNaN()
})
