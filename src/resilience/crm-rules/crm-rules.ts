// Nothing in; the rules that answer for the five CRM models out, by the names that their service.json files give.

import type { FallbackRule } from '../rules.ts'
import { cosineSimilarityMatcher } from './cosine-similarity-matcher.ts'
import { engagementScore } from './engagement-score.ts'
import { engagementThresholdPredictor } from './engagement-threshold-predictor.ts'
import { featureWeightedScorer } from './feature-weighted-scorer.ts'
import { ruleBasedLeadScorer } from './rule-based-lead-scorer.ts'

/** Every registry and `loadModel` knows them; a rule of the user's, or of a models folder, of the same name goes first. */
export const crmRules = {
  rule_based_lead_scorer: ruleBasedLeadScorer,
  cosine_similarity_matcher: cosineSimilarityMatcher,
  engagement_threshold_predictor: engagementThresholdPredictor,
  feature_weighted_scorer: featureWeightedScorer,
  engagement_score: engagementScore,
} as const satisfies Readonly<Record<string, FallbackRule>>
