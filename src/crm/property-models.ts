// Nothing in; the three property models with their rules, and the number of their answers that matching reads, out.

import { crmRules } from '../resilience/crm-rules/crm-rules.ts'
import { type AskedModel, numberWithin } from './model-answers.ts'

export const matcherModel: AskedModel<'property_matcher_v3'> = {
  name: 'property_matcher_v3',
  ruleName: 'cosine_similarity_matcher',
  rule: crmRules.cosine_similarity_matcher,
  read: ({ value }) => numberWithin(value, 0, 1),
}

export const interestModel: AskedModel<'property_interest_predictor_v2'> = {
  name: 'property_interest_predictor_v2',
  ruleName: 'feature_weighted_scorer',
  rule: crmRules.feature_weighted_scorer,
  read: ({ value }) => numberWithin(value, 0, 1),
}

export const viewingModel: AskedModel<'viewing_probability_predictor_v2'> = {
  name: 'viewing_probability_predictor_v2',
  ruleName: 'engagement_score',
  rule: crmRules.engagement_score,
  read: ({ probabilities }) => numberWithin(probabilities?.[1], 0, 1),
}
