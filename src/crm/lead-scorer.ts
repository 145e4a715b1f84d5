// Nothing in; the lead scorer as the services ask it, with the rule that answers in its place, out.

import { ruleBasedLeadScorer } from '../resilience/crm-rules/rule-based-lead-scorer.ts'
import type { ExplainedModel } from './contributions.ts'
import { numberWithin } from './model-answers.ts'

export const leadScorer: ExplainedModel<'lead_scorer_v2'> = {
  name: 'lead_scorer_v2',
  ruleName: 'rule_based_lead_scorer',
  rule: ruleBasedLeadScorer,
  read: ({ value }) => numberWithin(value, 0, 100),
  asked: [],
  neutral: {
    budget_provided: 0,
    location_specified: 0,
    timeline_confirmed: 0,
    property_requirements: 0,
    financing_status: 0,
    motivation_shared: 0,
    home_condition_shared: 0,
  },
}
