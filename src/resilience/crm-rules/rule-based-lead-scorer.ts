// Which qualifying questions a lead has answered in, a score from 5 to 100 out.

import { defineCrmRule, type RuleFeature } from './rule-row.ts'

/** A question that nobody has recorded is not answered. */
const question: RuleFeature = { missing: 0, least: 0, most: 1 }

/** Score by the number of answered questions; EnterpriseHub's lead scorer, its map from count to percent. */
export const leadScoreByAnswers = [5, 15, 30, 50, 65, 75, 85, 100] as const

/**
 * The rule of `lead_scorer_v2`: a question counts as answered where its flag is above 0, and the count of the seven gives
 * 5, 15, 30, 50, 65, 75, 85 or 100. From three answers on a lead is hot (a score of 50), as in the original's tiers.
 */
export const ruleBasedLeadScorer = defineCrmRule(
  'lead_scorer_v2',
  {
    budget_provided: question,
    location_specified: question,
    timeline_confirmed: question,
    property_requirements: question,
    financing_status: question,
    motivation_shared: question,
    home_condition_shared: question,
  },
  (row) => ({ value: leadScoreByAnswers[Object.values(row).filter((flag) => flag > 0).length] }),
)
