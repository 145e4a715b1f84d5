// Nothing in; the churn predictor as the services ask it, with the rule that answers in its place, out.

import { engagementThresholdPredictor } from '../resilience/crm-rules/engagement-threshold-predictor.ts'
import type { ExplainedModel } from './contributions.ts'
import type { Lead } from './lead.ts'
import type { LeadRows } from './lead-answers.ts'
import { churnHorizons, churnRow } from './lead-features.ts'
import { numberWithin } from './model-answers.ts'

/** More interactions than the rule expects of anybody: none is missing. */
const plenty = 21

/** Classes are 0 (stays) and 1 (leaves). */
export const churnPredictor: ExplainedModel<'churn_predictor_v2'> = {
  name: 'churn_predictor_v2',
  ruleName: 'engagement_threshold_predictor',
  rule: engagementThresholdPredictor,
  read: ({ probabilities }) => numberWithin(probabilities?.[1], 0, 1),
  asked: ['horizon_days'],
  neutral: {
    days_since_last_interaction: 0,
    interactions_7d: plenty,
    interactions_14d: plenty,
    interactions_30d: plenty,
    response_rate_7d: 1,
    response_rate_14d: 1,
    response_rate_30d: 1,
    engagement_trend: 0,
    stage_stagnation_days: 0,
  },
}

/** Which of a lead's rows is the 14-day one, by which the model is judged: it is explained, and its source stands for all. */
export const judgedRow = churnHorizons.indexOf(14)

export function churnRowsOf(lead: Lead): LeadRows<'churn_predictor_v2'> {
  return {
    leadId: lead.id,
    rows: churnHorizons.map((days) => churnRow(lead, days)),
    explainedRow: judgedRow,
  }
}
