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
export type { Listing } from './listing.ts'
export { matchFactors } from './match-factors.ts'
export type { ModelSource, Provenance } from './model-source.ts'
export type { MatchContext } from './prepared-lead.ts'
export { viewingProbabilityRow } from './viewing-row.ts'
