// Real listings and simulated leads in; data/satisfaction.csv out: was the lead satisfied with a listing that suits it so?
// npm run build && node models/property_matcher_v3/simulate.mjs
//
// 1,300 leads (../listings/leads.mjs) are shown 10 listings each (../listings/listings.mjs). A row is the fifteen factors that
// `matchFactors` computes where it serves, rounded to four significant digits. From the rounded row alone come
//   comfort: Σ worth·√factor, so that the first half of a wish is worth more than the second;
//   deal-breakers: −1.6·(1 − budget ÷ 0.4) under a budget of 0.4; −0.9 in another place than wished, and −0.5 more where the way
//     is long as well (commute under ½); −1.2·(½ − bedrooms) · 2 under bedrooms of ½;
//   company: +0.8·(schools − ½)·bedrooms; +0.8·(timing − ½) where the budget is 1; +0.5·safety·walkability;
//     −0.5·(1 − parking)·(1 − walkability): a car without a place, and needed for every way;
// and P(satisfied) = 1 ÷ (1 + e^−((sum − centre) ÷ spread)). What the fifteen factors do not tell, such as light and neighbours, is
// the spread. The outcome is one draw of P, so that the best reachable accuracy is known.

import { matchFactors } from 'tfjs-serving/crm'
import { marketYear } from '../listings/leads.mjs'
import { simulateOutcomes } from '../listings/outcomes.mjs'
import { printDifficulty, writeRows } from '../simulation/write-rows.mjs'

const [seed, centre, spread] = [3, 3.5, 0.265]

const worth = {
  budget: 0.9,
  location: 0.5,
  bedrooms: 0.5,
  bathrooms: 0.3,
  property_type: 0.35,
  sqft: 0.35,
  schools: 0.4,
  commute: 0.4,
  walkability: 0.2,
  safety: 0.3,
  hoa_fee: 0.2,
  lot_size: 0.2,
  home_age: 0.2,
  parking: 0.2,
  market_timing: 0.2,
}

const rows = simulateOutcomes({
  seed,
  centre,
  spread,
  target: 'satisfied',
  rowOf: (lead, listing) => matchFactors(lead, listing, { year: marketYear }),
  sumOf: satisfactionOf,
})
writeRows(new URL('data/satisfaction.csv', import.meta.url), rows)
printDifficulty(rows, 'satisfied')

function satisfactionOf(row) {
  let sum = 0
  for (const [name, value] of Object.entries(worth)) sum += value * Math.sqrt(row[name])
  if (row.budget < 0.4) sum -= 1.6 * (1 - row.budget / 0.4)
  if (row.location === 0) sum -= row.commute < 0.5 ? 1.4 : 0.9
  if (row.bedrooms < 0.5) sum -= 2.4 * (0.5 - row.bedrooms)
  sum += 0.8 * (row.schools - 0.5) * row.bedrooms
  if (row.budget === 1) sum += 0.8 * (row.market_timing - 0.5)
  sum += 0.5 * row.safety * row.walkability
  sum -= 0.5 * (1 - row.parking) * (1 - row.walkability)
  return sum
}
