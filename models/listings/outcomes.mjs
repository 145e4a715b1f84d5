// How a lead and a listing make a row, and what draws the lead in it, in; a row with its outcome for each listing shown, out.

import { createDraws } from '../simulation/draw.mjs'
import { rounded, roundedRow } from '../simulation/rounding.mjs'
import { simulateLeads } from './leads.mjs'
import { readListings } from './listings.mjs'

const [leadCount, shownCount, dayCount] = [1300, 10, 180]

/**
 * @param rowOf (lead, listing, draw) => the row, by the code that serves; it is rounded
 * @param sumOf (row) => what draws the lead, of the rounded row alone; P(outcome) = 1 ÷ (1 + e^−((sum − centre) ÷ spread))
 */
export function simulateOutcomes({ seed, centre, spread, target, rowOf, sumOf }) {
  const draw = createDraws(seed)
  return simulateLeads(readListings(), { seed: seed + 1000, leadCount, shownCount }).flatMap(({ lead, shown }) =>
    shown.map((listing) => {
      const row = roundedRow(rowOf(lead, listing, draw))
      const probability = rounded(1 / (1 + Math.exp((centre - sumOf(row)) / spread)))
      const outcome = draw.chance(probability) ? 1 : 0
      const day = Math.floor(draw.between(0, dayCount))
      return { lead: lead.id.slice('lead-'.length), day, ...row, [target]: outcome, true_probability: probability }
    }),
  )
}
