// The records of a CRM that the services read: leads, what they want and what they did; every field but the ids may be unknown.

import type { Listing } from './listing.ts'

/** What a lead has told; a question counts as answered where its field is there and not empty. */
export type QualifyingAnswers = {
  readonly budget?: unknown
  readonly location?: unknown
  readonly timeline?: unknown
  /** Bedrooms, bathrooms or must-haves. */
  readonly requirements?: unknown
  readonly financing?: unknown
  readonly motivation?: unknown
  readonly homeCondition?: unknown
}

/** What a lead looks for. What is absent is a wish that the lead has not told. */
export type LeadPreferences = {
  /** USD. */
  readonly minPrice?: number
  /** USD. */
  readonly maxPrice?: number
  /** Cities, neighbourhoods or postal codes, as listings name them; case is ignored. */
  readonly locations?: readonly string[]
  readonly minBedrooms?: number
  readonly minBathrooms?: number
  /** As listings name them; case is ignored. */
  readonly propertyTypes?: readonly string[]
  /** Square feet. */
  readonly minSqft?: number
  /** Amenities, as listings name them; case is ignored. */
  readonly mustHaves?: readonly string[]
  /** Degrees, and the longest way that is still good. */
  readonly commuteTo?: { readonly latitude: number; readonly longitude: number; readonly maxKm: number }
  /** USD a month. */
  readonly maxHoaFee?: number
  /** Square feet. */
  readonly minLotSqft?: number
  readonly maxHomeAgeYears?: number
  readonly minParkingSpaces?: number
  /** How soon, 0 (some day) to 1 (now). */
  readonly urgency?: number
}

/** What a lead did, counted over windows that end now; see `activityOf` for how events become this. */
export type LeadActivity = {
  readonly daysSinceLastInteraction?: number
  readonly interactions7d?: number
  readonly interactions14d?: number
  readonly interactions30d?: number
  /** Days of the last 30 with any interaction. */
  readonly activeDays30d?: number
  /** Share of messages answered, 0 to 1. */
  readonly responseRate7d?: number
  readonly responseRate14d?: number
  readonly responseRate30d?: number
  /** −1 to 1. */
  readonly engagementTrend?: number
  /** Minutes. */
  readonly sessionMinutesAvg?: number
  readonly propertyViewsPerSession?: number
  readonly propertyViews30d?: number
  readonly savedProperties?: number
  readonly searchRefinements?: number
  /** Stages a week. */
  readonly stageVelocity?: number
  readonly stageStagnationDays?: number
  readonly backwardStageTransitions?: number
  readonly qualificationChange?: number
  readonly emailOpenRate?: number
  readonly smsResponseRate?: number
  readonly callPickupRate?: number
  /** 0 to 1; computed from the counts where absent. */
  readonly engagement?: number
}

/** How much a reaction says that a lead likes a listing, 0 (not at all) to 1; EnterpriseHub's feedback targets. */
export const reactionWeights = {
  love: 1,
  favourite: 0.95,
  showing: 0.9,
  like: 0.8,
  inquire: 0.75,
  share: 0.7,
  pass: 0.3,
  dislike: 0.1,
} as const

/** A listing that the lead reacted to; what matching learns the lead's taste from. */
export type LeadReaction = { readonly reaction: keyof typeof reactionWeights; readonly listing: Listing }

/** A lead as the application knows it: whatever is not known stays away. */
export type Lead = {
  readonly id: string
  readonly answers?: QualifyingAnswers
  readonly preferences?: LeadPreferences
  readonly activity?: LeadActivity
  /** In any order. */
  readonly reactions?: readonly LeadReaction[]
}

/** Where leads come from: the application's own store. */
export interface LeadSource {
  /** Undefined where the tenant has no such lead. May throw: then that lead alone fails. */
  findLead(tenant: string, leadId: string, signal?: AbortSignal): Promise<Lead | undefined> | Lead | undefined
  /** Ids of leads active since then, most recent first; for warm-up and the high-risk list. */
  recentlyActive?(
    tenant: string,
    options: { readonly sinceMs: number; readonly limit: number; readonly signal?: AbortSignal },
  ): Promise<readonly string[]> | readonly string[]
}
