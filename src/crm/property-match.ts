// What matching says: ranked matches with their parts, reasons and provenance, what was left out, and who answered.

import type { Explanation } from '../explain/explanation.ts'
import type { CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import type { CrmCallOptions } from './crm-options.ts'
import type { LeadError } from './lead-batch.ts'
import type { MatchParts } from './match-blend.ts'
import type { Provenance } from './model-source.ts'

export type MatchOptions = CrmCallOptions & {
  /** Most matches that are given back, 1 to 10,000. @default 10 */
  readonly limit?: number
  /** Listings that score this or less are no matches, 0 to 1. @default 0.2 */
  readonly minScore?: number
  /** Explains the models' answers of the matches that are given back. @default false */
  readonly explain?: boolean
}

/** A listing that suits a lead, and why. */
export type PropertyMatch = {
  readonly listingId: string
  /** Position of the listing among those given. */
  readonly index: number
  /** Weighted mean of the parts, 0 to 1. */
  readonly score: number
  /** 0 to 1; matches are in order of score × confidence. */
  readonly confidence: number
  readonly parts: MatchParts
  /** ½ where the lead has not said or the listing is silent. */
  readonly factors: CrmModelRow<'property_matcher_v3'>
  readonly reasons: readonly string[]
  /** How likely the lead is content with it, is interested, and comes to see it, each 0 to 1, and who says so. */
  readonly match: number
  readonly interest: number
  readonly viewingProbability: number
  readonly provenance: { readonly match: Provenance; readonly interest: Provenance; readonly viewing: Provenance }
  /** With `explain`, of those that a model answered and can explain. */
  readonly explanations?: {
    readonly match?: Explanation
    readonly interest?: Explanation
    readonly viewing?: Explanation
  }
}

/** A listing or reaction that was left out. */
export type MatchWarning = {
  /** Empty where it has none. */
  readonly listingId: string
  /** Position among the listings given; absent for one of the lead's reactions. */
  readonly index?: number
  readonly reason: string
}

/** What became of the listings given. */
export type MatchCounts = {
  readonly given: number
  /** Listings that cannot be; each has a warning. */
  readonly bad: number
  /** At or under `minScore`. */
  readonly lowScore: number
  /** Beyond twice the limit. */
  readonly lowRank: number
  /** Under confidence 0.3 or at it. */
  readonly lowConfidence: number
  /** Good ones beyond the limit. */
  readonly overLimit: number
  readonly returned: number
}

/** The listings that suit a lead. */
export type MatchResult = {
  readonly leadId: string
  readonly tenant: string
  /** Best first. */
  readonly matches: readonly PropertyMatch[]
  readonly warnings: readonly MatchWarning[]
  readonly counts: MatchCounts
  /** Listings that a model had a part in ranking, by model; the rest were ranked without it, for `reason`. */
  readonly models: {
    readonly property_matcher_v3: ModelShare
    readonly property_interest_predictor_v2: ModelShare
  }
  /** ISO time of day of the call. */
  readonly at: string
  readonly latencyMs: number
  readonly requestId?: string
}

/** What a model had to do with a ranking; `reason` where it answered for fewer than all. */
export type ModelShare = { readonly version: string | null; readonly answered: number; readonly reason?: string }

/** Of many leads; one that failed stops no other. */
export type MatchBatch = { readonly results: readonly MatchResult[]; readonly errors: readonly LeadError[] }
