// Real listings and simulated leads in; data/viewings.csv out: did the lead come to see a listing that it was shown?
// npm run build && node models/viewing_probability_predictor_v2/simulate.mjs
//
// 1,300 leads (../listings/leads.mjs) are shown 10 listings each (../listings/listings.mjs) on days 0 to 179. A row is what
// `viewingProbabilityRow` gives where it serves, rounded to four significant digits. Each listing is shown on another day, and the
// lead's activity is drawn anew for it. From the rounded row alone come
//   doing: 1.1·ln(1 + interactions) − 0.35 where they come in bursts (over 3 an active day);
//   fresh: 1.3·e^(−idle ÷ 9), times (0.6 + 0.8·urgency): haste counts while it is fresh;
//   looking: 0.5·ln(1 + views), but −0.5·ln(views ÷ 3·interactions) for those who only look (views over three an interaction);
//   the listing: +0.9·ln(square feet ÷ price ÷ 0.008); +0.15·√feature_count; −0.35 over $350,000 unless urgency is over ½;
//     +0.2 for bedrooms of 3 or 4;
//   a deal-breaker: whoever was idle for over 14 days comes for nothing: −0.1 a day beyond;
// and P(viewing) = 1 ÷ (1 + e^−((sum − centre) ÷ spread)). What a row does not tell, such as a free afternoon, is the spread. The
// outcome is one draw of P, so that the best reachable accuracy is known.

import { viewingProbabilityRow } from 'tfjs-serving/crm'
import { simulateActivity } from '../listings/leads.mjs'
import { simulateOutcomes } from '../listings/outcomes.mjs'
import { printDifficulty, writeRows } from '../simulation/write-rows.mjs'

const [seed, centre, spread] = [7, 3.35, 0.56]

const rows = simulateOutcomes({
  seed,
  centre,
  spread,
  target: 'viewed',
  rowOf: (lead, listing, draw) => viewingProbabilityRow({ ...lead, activity: simulateActivity(draw) }, listing),
  sumOf: willOf,
})
writeRows(new URL('data/viewings.csv', import.meta.url), rows)
printDifficulty(rows, 'viewed')

function willOf(row) {
  const { interactions, property_views: views, days_idle: idle, lead_urgency: urgency } = row
  let sum = 1.1 * Math.log1p(interactions) - (row.interactions_per_active_day > 3 ? 0.35 : 0)
  sum += 1.3 * Math.exp(-idle / 9) * (0.6 + 0.8 * urgency)
  sum += 0.5 * Math.log1p(views)
  if (views > 3 * (interactions + 1)) sum -= 0.5 * Math.log(views / (3 * (interactions + 1)))
  sum += 0.9 * Math.log(row.sqft / row.price / 0.008) + 0.15 * Math.sqrt(row.feature_count)
  if (row.price > 350_000 && urgency <= 0.5) sum -= 0.35
  if (row.bedrooms === 3 || row.bedrooms === 4) sum += 0.2
  if (idle > 14) sum -= 0.1 * (idle - 14)
  return sum
}
