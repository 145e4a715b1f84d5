// What a lead has done in the last 30 days in, the probability that the lead views a listing out.

import { binaryAnswer, defineCrmRule, type RuleFeature } from './rule-row.ts'

/** From here on more of it adds nothing. */
const plenty = { interactions: 20, perActiveDay: 5, views: 10, idleDays: 30 } as const

const count = (missing: number): RuleFeature => ({ missing, least: 0, most: Number.MAX_VALUE })

/**
 * The rule of `viewing_probability_predictor_v2`, EnterpriseHub's engagement score: the mean of min(1, interactions ÷ 20),
 * min(1, interactions per active day ÷ 5), min(1, property views ÷ 10) and 1 − min(1, idle days ÷ 30). Missing features
 * are the defaults of its churn engine, and one interaction a day where there was any.
 */
export const engagementScore = defineCrmRule(
  'viewing_probability_predictor_v2',
  {
    interactions: count(4),
    interactions_per_active_day: count(1),
    property_views: count(3),
    days_idle: count(7),
  },
  (row) =>
    binaryAnswer(
      (Math.min(1, row.interactions / plenty.interactions) +
        Math.min(1, row.interactions_per_active_day / plenty.perActiveDay) +
        Math.min(1, row.property_views / plenty.views) +
        (1 - Math.min(1, row.days_idle / plenty.idleDays))) /
        4,
    ),
)
