// Public exports of `tfjs-serving/crm`, nothing else.

export { activityOf, type ActivityOptions } from './activity.ts'
export type { Lead, LeadActivity, LeadPreferences, LeadSource, QualifyingAnswers } from './lead.ts'
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
export type { ModelSource, Provenance } from './model-source.ts'
