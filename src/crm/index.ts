// Public exports of `tfjs-serving/crm`, nothing else.

export { activityOf, type ActivityOptions } from './activity.ts'
export { propertyInterestRow } from './interest-row.ts'
export {
  type Lead,
  type LeadActivity,
  type LeadPreferences,
  type LeadReaction,
  type LeadSource,
  type QualifyingAnswers,
  reactionWeights,
} from './lead.ts'
export type { LeadEvent, LeadEventKind } from './lead-event.ts'
export {
  churnCompleteness,
  type ChurnHorizon,
  churnHorizons,
  churnRow,
  engagementOf,
  isAnswered,
  leadScorerRow,
  scoringCompleteness,
} from './lead-features.ts'
export { RealTimeScoring, type ScoringHealth, type ScoringOptions } from './real-time-scoring.ts'
export type { LeadError } from './lead-batch.ts'
export type { LeadScore, ScoreBatch, ScoreEvent, ScoreOptions } from './lead-score.ts'
export type { CrmCallOptions, CrmOptions } from './crm-options.ts'
export type { CrmHealth } from './call-record.ts'
export type { Factor, Factors } from './contributions.ts'
export type { LeadOrId } from './lead-lookup.ts'
export { type LeadTier, leadTierOf } from './lead-tier.ts'
export { type ChurnAction, churnActions } from './churn-actions.ts'
export type { ChurnBatch, ChurnOptions, ChurnPrediction, HighRiskList, HighRiskOptions } from './churn-prediction.ts'
export { ChurnPredictionEngine, type ChurnEngineOptions } from './churn-prediction-engine.ts'
export type { ChurnRisks, ChurnTier, ChurnUrgency } from './churn-risk.ts'
export { confidenceOf } from './confidence.ts'
export type { EventFeedStats, Listener } from './event-feed.ts'
export type { WarmUpOptions, WarmUpResult } from './warm-up.ts'
export type { Listing } from './listing.ts'
export { matchFactors } from './match-factors.ts'
export type { MatchPart, MatchParts } from './match-blend.ts'
export type { ModelSource, Provenance } from './model-source.ts'
export type { MatchContext } from './prepared-lead.ts'
export type {
  MatchBatch,
  MatchCounts,
  MatchOptions,
  MatchResult,
  MatchWarning,
  ModelShare,
  PropertyMatch,
} from './property-match.ts'
export { PropertyMatcher, type PropertyMatcherHealth, type PropertyMatcherOptions } from './property-matcher.ts'
export { viewingProbabilityRow } from './viewing-row.ts'
