// A listing's numbers in, how the market speaks for it out: 0 to 1, NaN where the listing says nothing of it.

import { listingColumn } from './listing-numbers.ts'

/** EnterpriseHub's points; its sought-after areas (0.2) are in no record here, and its price a square foot is the area's median price. */
const most = { freshness: 0.3, price: 0.25, cut: 0.15, schools: 0.1 } as const

/**
 * Points ÷ most points of what is known: on the market under 7 days 0.3, under 30 days 0.2; under 0.9 of the area's median price
 * 0.25, under 1.1 of it 0.15; any price cut 0.15; schools of 8 or more 0.1.
 */
export function marketScore(numbers: Float64Array): number {
  const days = numbers[listingColumn.daysOnMarket]
  const ratio = numbers[listingColumn.price] / numbers[listingColumn.areaMedianPrice]
  const cut = numbers[listingColumn.priceCut]
  const schools = numbers[listingColumn.schoolRating]
  let points = 0
  let known = 0
  if (!Number.isNaN(days)) {
    known += most.freshness
    points += days < 7 ? 0.3 : days < 30 ? 0.2 : 0
  }
  if (!Number.isNaN(ratio)) {
    known += most.price
    points += ratio < 0.9 ? 0.25 : ratio < 1.1 ? 0.15 : 0
  }
  if (!Number.isNaN(cut)) {
    known += most.cut
    points += cut > 0 ? 0.15 : 0
  }
  if (!Number.isNaN(schools)) {
    known += most.schools
    points += schools >= 8 ? 0.1 : 0
  }
  // of nothing known 0 ÷ 0; rounding may carry the sum of all points one step over the most
  return Math.min(1, points / known)
}
