// A lead in; the rows of the lead scorer and of the churn predictor, and how much of each is known, out.

import { createError } from '../errors.ts'
import type { CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import type { Lead, LeadActivity, QualifyingAnswers } from './lead.ts'

/** Days ahead for which the churn predictor is asked. */
export const churnHorizons = [7, 14, 30] as const
/** Days. */
export type ChurnHorizon = (typeof churnHorizons)[number]

/** From here on more idle or stagnant days tell nothing new. */
const mostDays = 30

type Field = { readonly unknown: number; readonly least: number; readonly most: number; readonly cap?: number }

const count = (unknown: number): Field => ({ unknown, least: 0, most: Infinity })
const share = (unknown: number): Field => ({ unknown, least: 0, most: 1 })
const days = (unknown: number): Field => ({ unknown, least: 0, most: Infinity, cap: mostDays })

/**
 * What stands for a field that is not known, and what a known one may be. The stand-ins are the defaults of EnterpriseHub's
 * churn engine; it has none for the views of a month, for which its views of a session stand, and one active day for
 * each interaction.
 */
const fields = {
  daysSinceLastInteraction: days(7),
  interactions7d: count(1),
  interactions14d: count(2),
  interactions30d: count(4),
  activeDays30d: { unknown: 4, least: 0, most: mostDays + 1 },
  responseRate7d: share(0.5),
  responseRate14d: share(0.5),
  responseRate30d: share(0.5),
  engagementTrend: { unknown: 0, least: -1, most: 1 },
  sessionMinutesAvg: count(5),
  propertyViewsPerSession: count(3),
  propertyViews30d: count(3),
  savedProperties: count(2),
  searchRefinements: count(1),
  stageVelocity: count(0.1),
  stageStagnationDays: days(3),
  backwardStageTransitions: count(0),
  qualificationChange: { unknown: 0, least: -Infinity, most: Infinity },
  emailOpenRate: share(0.3),
  smsResponseRate: share(0.4),
  callPickupRate: share(0.6),
  engagement: { unknown: NaN, least: 0, most: 1 },
} as const satisfies Readonly<Record<keyof LeadActivity, Field>>

const questions = [
  'budget',
  'location',
  'timeline',
  'requirements',
  'financing',
  'motivation',
  'homeCondition',
] as const satisfies readonly (keyof QualifyingAnswers)[]

const engagementFields = ['interactions30d', 'activeDays30d', 'propertyViews30d', 'daysSinceLastInteraction'] as const

/** One a feature of the churn predictor, in its order, without the horizon. */
const churnFields = [
  'daysSinceLastInteraction',
  'interactions7d',
  'interactions14d',
  'interactions30d',
  'responseRate7d',
  'responseRate14d',
  'responseRate30d',
  'engagementTrend',
  'sessionMinutesAvg',
  'propertyViewsPerSession',
  'savedProperties',
  'searchRefinements',
  'stageVelocity',
  'stageStagnationDays',
  'backwardStageTransitions',
  'qualificationChange',
  'emailOpenRate',
  'smsResponseRate',
  'callPickupRate',
] as const satisfies readonly (keyof LeadActivity)[]

/**
 * How engaged a lead is, 0 to 1: as told by `engagement`, else the mean of min(1, interactions ÷ 20), min(1, interactions a
 * day with any ÷ 5), min(1, listings viewed ÷ 10) and 1 − min(1, idle days ÷ 30), all of the last 30 days: the formula of
 * EnterpriseHub's behavioural extractor. Unknown counts are its churn engine's defaults.
 * @throws INPUT_INVALID naming the field that cannot be
 */
export function engagementOf(lead: Lead): number {
  const told = valueOf(lead, 'engagement')
  if (!Number.isNaN(told)) return told
  const interactions = valueOf(lead, 'interactions30d')
  // where only the interactions are known, each has its own day
  const activeDays = isKnown(lead, 'activeDays30d') ? valueOf(lead, 'activeDays30d') : interactions
  const perDay = activeDays === 0 ? 0 : interactions / activeDays
  const views = valueOf(lead, 'propertyViews30d')
  const idleDays = valueOf(lead, 'daysSinceLastInteraction')
  return (
    (Math.min(1, interactions / 20) + Math.min(1, perDay / 5) + Math.min(1, views / 10) + 1 - idleDays / mostDays) / 4
  )
}

/**
 * The row of `lead_scorer_v2`: 1 for each answered question, engagement × 100, share of messages answered and listings
 * viewed in 30 days; 0.5 and 3 where they are not known.
 * @throws INPUT_INVALID naming the field that cannot be
 */
export function leadScorerRow(lead: Lead): CrmModelRow<'lead_scorer_v2'> {
  const flag = (question: keyof QualifyingAnswers): number => Number(isAnswered(lead.answers?.[question]))
  return {
    budget_provided: flag('budget'),
    location_specified: flag('location'),
    timeline_confirmed: flag('timeline'),
    property_requirements: flag('requirements'),
    financing_status: flag('financing'),
    motivation_shared: flag('motivation'),
    home_condition_shared: flag('homeCondition'),
    engagement_score: 100 * engagementOf(lead),
    response_rate: valueOf(lead, 'responseRate30d'),
    property_views: valueOf(lead, 'propertyViews30d'),
  }
}

/**
 * The row of `churn_predictor_v2` for one horizon: the lead's activity, idle and stagnant days at most 30, and the defaults
 * of EnterpriseHub's churn engine for what is not known.
 * @throws INPUT_INVALID naming the field that cannot be
 */
export function churnRow(lead: Lead, horizonDays: ChurnHorizon): CrmModelRow<'churn_predictor_v2'> {
  return {
    horizon_days: horizonDays,
    days_since_last_interaction: valueOf(lead, 'daysSinceLastInteraction'),
    interactions_7d: valueOf(lead, 'interactions7d'),
    interactions_14d: valueOf(lead, 'interactions14d'),
    interactions_30d: valueOf(lead, 'interactions30d'),
    response_rate_7d: valueOf(lead, 'responseRate7d'),
    response_rate_14d: valueOf(lead, 'responseRate14d'),
    response_rate_30d: valueOf(lead, 'responseRate30d'),
    engagement_trend: valueOf(lead, 'engagementTrend'),
    session_duration_avg: valueOf(lead, 'sessionMinutesAvg'),
    property_views_per_session: valueOf(lead, 'propertyViewsPerSession'),
    saved_properties_count: valueOf(lead, 'savedProperties'),
    search_refinements_count: valueOf(lead, 'searchRefinements'),
    stage_progression_velocity: valueOf(lead, 'stageVelocity'),
    stage_stagnation_days: valueOf(lead, 'stageStagnationDays'),
    backward_stage_transitions: valueOf(lead, 'backwardStageTransitions'),
    qualification_score_change: valueOf(lead, 'qualificationChange'),
    email_open_rate: valueOf(lead, 'emailOpenRate'),
    sms_response_rate: valueOf(lead, 'smsResponseRate'),
    call_pickup_rate: valueOf(lead, 'callPickupRate'),
  }
}

/** Share of the lead scorer's ten inputs that the lead has told or shown: answers given, and behaviour on record. */
export function scoringCompleteness(lead: Lead): number {
  const answered = questions.filter((question) => isAnswered(lead.answers?.[question])).length
  const isEngagementKnown = isKnown(lead, 'engagement') || engagementFields.some((field) => isKnown(lead, field))
  const behaviour = [isEngagementKnown, isKnown(lead, 'responseRate30d'), isKnown(lead, 'propertyViews30d')]
  return (answered + behaviour.filter(Boolean).length) / (questions.length + behaviour.length)
}

/** Share of the churn predictor's nineteen inputs about the lead that are on record. */
export function churnCompleteness(lead: Lead): number {
  return churnFields.filter((field) => isKnown(lead, field)).length / churnFields.length
}

/** A question counts as answered where there is an answer that is not empty; no and 0 are answers. */
export function isAnswered(answer: unknown): boolean {
  if (answer === undefined || answer === null || Number.isNaN(answer)) return false
  if (typeof answer === 'string') return answer.trim() !== ''
  return !Array.isArray(answer) || answer.length > 0
}

function isKnown(lead: Lead, name: keyof LeadActivity): boolean {
  const value: unknown = lead.activity?.[name]
  return value !== undefined && value !== null
}

function valueOf(lead: Lead, name: keyof LeadActivity): number {
  const value: unknown = lead.activity?.[name]
  const { unknown, least, most, cap }: Field = fields[name]
  if (value === undefined || value === null) return unknown
  if (typeof value === 'number' && value >= least && value <= most && Math.abs(value) !== Infinity)
    return cap === undefined ? value : Math.min(value, cap)
  const range = most === Infinity ? (least === -Infinity ? '' : ` of at least ${least}`) : ` from ${least} to ${most}`
  throw createError(
    'INPUT_INVALID',
    `lead ${lead.id}: activity.${name}: expected a finite number${range}, got ${typeof value === 'number' ? value : typeof value}`,
    { details: { lead: lead.id, field: name } },
  )
}
