// Real listings and simulated leads in; data/interest.csv out: did the lead show interest in a listing that it was shown?
// npm run build && node models/property_interest_predictor_v2/simulate.mjs
//
// 1,300 leads (../listings/leads.mjs) are shown 10 listings each (../listings/listings.mjs). A row is what `propertyInterestRow`
// gives where it serves, rounded to four significant digits; an empty cell is what lead or listing has not said. From the
// rounded row alone come
//   means: 1.1 at 75 to 100 % of the highest price, less under it (−0.9 a unit of ratio), and −7 a unit over it, of which an urgent
//     lead forgives half; 0.5 where no highest price was told;
//   room: +0.5 for enough bedrooms and 0.15 more each up to two; −0.9 for each that is missing; 0.3 where nothing was told;
//   place and kind: 1.5·location + 0.7·type + 0.6·location·type; a place that is not wished and a kind that is not either: −0.8;
//   value: 0.7·ln(square feet ÷ price ÷ 0.008), 0 where the size is not told; +0.12·√feature_count;
//     baths short of bedrooms by two or more: −0.4;
// and P(interest) = 1 ÷ (1 + e^−((sum − centre) ÷ spread)). What a row does not tell, such as the pictures, is the spread. The
// outcome is one draw of P, so that the best reachable accuracy is known.

import { propertyInterestRow } from 'tfjs-serving/crm'
import { simulateOutcomes } from '../listings/outcomes.mjs'
import { printDifficulty, writeRows } from '../simulation/write-rows.mjs'

const [seed, centre, spread] = [5, 2.6, 0.375]

const rows = simulateOutcomes({
  seed,
  centre,
  spread,
  target: 'interested',
  rowOf: propertyInterestRow,
  sumOf: interestIn,
})
writeRows(new URL('data/interest.csv', import.meta.url), rows)
printDifficulty(rows, 'interested')

function interestIn(row) {
  let sum = meansOf(row) + roomOf(row)
  sum += 1.5 * row.location_match + 0.7 * row.type_match + 0.6 * row.location_match * row.type_match
  if (row.location_match === 0 && row.type_match < 0.5) sum -= 0.8
  if (!Number.isNaN(row.sqft)) sum += 0.7 * Math.log(row.sqft / row.price / 0.008)
  sum += 0.12 * Math.sqrt(row.feature_count)
  if (row.bedrooms - row.bathrooms >= 2) sum -= 0.4
  return sum
}

function meansOf({ budget_ratio: ratio, lead_urgency: urgency }) {
  if (Number.isNaN(ratio)) return 0.5
  if (ratio > 1) return 1.1 - 7 * (1 - 0.5 * urgency) * (ratio - 1)
  return ratio >= 0.75 ? 1.1 : 1.1 - 0.9 * (0.75 - ratio)
}

function roomOf({ bedroom_gap: gap }) {
  if (Number.isNaN(gap)) return 0.3
  return gap < 0 ? 0.9 * gap : 0.5 + 0.15 * Math.min(2, gap)
}
