// A lead's churn tier and what raises its risk in; what an agent should do, at most six things, the pressing ones first, out.

import type { CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import type { ChurnTier } from './churn-risk.ts'
import type { Factor } from './contributions.ts'

/** What each says to people. */
export const churnActions = {
  'call-today': 'Call the lead today.',
  'senior-agent': 'Let a senior agent take over.',
  'private-showing': 'Offer a private showing this week.',
  'call-tomorrow': 'Call the lead within 24 hours.',
  'picked-listings': 'Send a few listings picked by hand.',
  'new-listings': 'Send new listings that match.',
  'ask-what-changed': 'Ask what has changed.',
  'keep-in-touch': 'Keep up the regular letters.',
  'other-channel': 'Write by another channel or at another time of day.',
  'call-appointment': 'Agree on a time to call.',
  'other-subjects': 'Try other subjects of emails.',
  'review-search': 'Go through the search together.',
  'update-on-saved': 'Tell what has become of the saved listings, or of ones like those viewed.',
  'next-step': 'Propose the next step and a date for it.',
  'clear-doubts': 'Find out what made the lead go back a step.',
  'qualify-again': 'Ask the qualifying questions again.',
} as const

/** Name of a thing to do; `churnActions` has its text. */
export type ChurnAction = keyof typeof churnActions

const byTier: Readonly<Record<ChurnTier, readonly ChurnAction[]>> = {
  critical: ['call-today', 'senior-agent', 'private-showing'],
  high: ['call-tomorrow', 'picked-listings'],
  medium: ['new-listings'],
  low: ['keep-in-touch'],
}

const byFeature: Readonly<Record<Exclude<keyof CrmModelRow<'churn_predictor_v2'>, 'horizon_days'>, ChurnAction>> = {
  days_since_last_interaction: 'other-channel',
  interactions_7d: 'picked-listings',
  interactions_14d: 'picked-listings',
  interactions_30d: 'new-listings',
  response_rate_7d: 'other-channel',
  response_rate_14d: 'other-channel',
  response_rate_30d: 'other-channel',
  engagement_trend: 'ask-what-changed',
  session_duration_avg: 'review-search',
  property_views_per_session: 'review-search',
  saved_properties_count: 'update-on-saved',
  search_refinements_count: 'review-search',
  stage_progression_velocity: 'next-step',
  stage_stagnation_days: 'next-step',
  backward_stage_transitions: 'clear-doubts',
  qualification_score_change: 'qualify-again',
  email_open_rate: 'other-subjects',
  sms_response_rate: 'other-channel',
  call_pickup_rate: 'call-appointment',
}

const mostActions = 6
const actingFactors = 3
const leastWeight = 0.1

/** The tier's own, then one for each of the three weightiest factors that weighs more than 0.1 and raises the risk. */
export function churnActionsOf(tier: ChurnTier, factors: readonly Factor[]): readonly ChurnAction[] {
  const ofFactors = factors
    .slice(0, actingFactors)
    .filter(({ weight, contribution }) => weight > leastWeight && contribution > 0)
    .map(({ feature }) => (byFeature as Readonly<Record<string, ChurnAction | undefined>>)[feature])
    .filter((action) => action !== undefined)
  return [...new Set([...byTier[tier], ...ofFactors])].slice(0, mostActions)
}
