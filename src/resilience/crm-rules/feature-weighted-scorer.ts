// How a listing stands to what a lead wants in, how much it should interest the lead out: 0 to 1.

import { defineCrmRule, type RuleFeature } from './rule-row.ts'

/** A wish that the lead has not told, or of which the listing is silent, speaks neither for nor against. */
const neutral = 0.5
const match: RuleFeature = { missing: neutral, least: 0, most: 1 }

/**
 * The rule of `property_interest_predictor_v2`, EnterpriseHub's simple matcher:
 * 0.4·budget + 0.3·location + 0.2·bedrooms + 0.1·type, each of them from 0 to 1, ½ where it is missing.
 */
export const featureWeightedScorer = defineCrmRule(
  'property_interest_predictor_v2',
  {
    budget_ratio: { missing: NaN, least: 0, most: Number.MAX_VALUE },
    bedroom_gap: { missing: NaN, least: -Number.MAX_VALUE, most: Number.MAX_VALUE },
    location_match: match,
    type_match: match,
  },
  (row) => ({
    value:
      0.4 * budgetScore(row.budget_ratio) +
      0.3 * row.location_match +
      0.2 * bedroomScore(row.bedroom_gap) +
      0.1 * row.type_match,
  }),
)

/**
 * What a price is worth to a lead, by its ratio to the lead's highest: up to 0.9 → 0.95, 1 → 0.9, 1.05 → 0.7, 1.1 → 0.4,
 * and over it 0.3 − 0.5·(ratio − 1), never below 0: a price 60 % over what the lead can pay is worth nothing.
 */
export function budgetScore(ratio: number): number {
  if (Number.isNaN(ratio)) return neutral
  if (ratio <= 0.9) return 0.95
  if (ratio <= 1) return 0.9
  if (ratio <= 1.05) return 0.7
  if (ratio <= 1.1) return 0.4
  return Math.max(0, 0.3 - 0.5 * (ratio - 1))
}

/** Enough bedrooms 1, one short ½, fewer 0. */
export function bedroomScore(gap: number): number {
  if (Number.isNaN(gap)) return neutral
  return gap >= 0 ? 1 : gap >= -1 ? 0.5 : 0
}
