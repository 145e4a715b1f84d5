// A lead's behaviour of the last 30 days and a horizon in, the probability that the lead is lost within it out.

import { binaryAnswer, defineCrmRule, type RuleFeature } from './rule-row.ts'

/** Interactions that an engaged lead has within each window: one a day, and no more than 21 in 30 days. */
const expectedInteractions = { 7: 7, 14: 14, 30: 21 } as const

/** Where the idle days and the days in one stage stop to matter. */
const mostDays = 30

/** Counts have no upper end. */
const count = (missing: number): RuleFeature => ({ missing, least: 0, most: Number.MAX_VALUE })
const share = (missing: number): RuleFeature => ({ missing, least: 0, most: 1 })

/**
 * The rule of `churn_predictor_v2`, EnterpriseHub's churn engine without its model: with E = 7, 14 or 21 expected
 * interactions for 7, 14 or 30 days, 30·min(idle ÷ 30, 1) + 25·max(0, (E − interactions) ÷ E) + 20·(1 − response rate) +
 * 15·|trend| where it falls + 10·min(stagnation ÷ 30, 1), capped at 100, ÷ 100. Missing features are the engine's defaults;
 * a missing horizon is 14 days, by which the model is judged, and another one is read as the next longer window.
 */
export const engagementThresholdPredictor = defineCrmRule(
  'churn_predictor_v2',
  {
    horizon_days: { missing: 14, least: 0, most: 30 },
    days_since_last_interaction: { missing: 7, least: 0, most: mostDays },
    interactions_7d: count(1),
    interactions_14d: count(2),
    interactions_30d: count(4),
    response_rate_7d: share(0.5),
    response_rate_14d: share(0.5),
    response_rate_30d: share(0.5),
    engagement_trend: { missing: 0, least: -1, most: 1 },
    stage_stagnation_days: { missing: 3, least: 0, most: mostDays },
  },
  (row) => {
    const days = row.horizon_days <= 7 ? 7 : row.horizon_days <= 14 ? 14 : 30
    const expected = expectedInteractions[days]
    const idle = 30 * (row.days_since_last_interaction / mostDays)
    const silence = 25 * Math.max(0, (expected - row[`interactions_${days}d`]) / expected)
    const deafness = 20 * (1 - row[`response_rate_${days}d`])
    const decline = 15 * Math.max(0, -row.engagement_trend)
    const stagnation = 10 * (row.stage_stagnation_days / mostDays)
    return binaryAnswer(Math.min(100, idle + silence + deafness + decline + stagnation) / 100)
  },
)
