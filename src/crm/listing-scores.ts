// A lead and listings in; each listing's score by every part, in columns, out, and what is wrong with those that have none.

import { matchFactorWeights } from '../resilience/crm-rules/cosine-similarity-matcher.ts'
import { propertyMatcherFeatures } from '../resilience/crm-rules/model-features.ts'
import { interestFeatureCount, writeInterestRow } from './interest-row.ts'
import type { LeadTaste } from './lead-taste.ts'
import { listingNumberCount, readListingNumbers } from './listing-numbers.ts'
import type { Listing } from './listing.ts'
import { marketScore } from './market-score.ts'
import { blendedScore, matchConfidence, modelScore } from './match-blend.ts'
import { matchFactorCount, neutralFactor, writeFactors } from './match-factors.ts'
import type { ModelColumn } from './model-column.ts'
import type { PreparedLead } from './prepared-lead.ts'

/** Rows that are computed and answered in one go: 40 floats each, which stay in a processor's cache. */
const blockRows = 512

/** Must-haves weigh as in EnterpriseHub's explicit match; the fifteen factors have the rest. */
const mustHaveWeight = 0.1

const weights = Float64Array.from(propertyMatcherFeatures, (name) => matchFactorWeights[name])

/** Scores of `rowCount` listings; row r is listing `listingOf[r]`. */
export type ListingScores = {
  rowCount: number
  readonly listingOf: Int32Array
  /** The weighted sum of the fifteen factors, with the must-haves where there are any. */
  readonly explicit: Float64Array
  /** Weight of the factors of which both sides said something, 0 to 1. */
  readonly known: Float64Array
  /** NaN without reactions. */
  readonly behavioural: Float64Array
  /** NaN where the listing says nothing of the market. */
  readonly market: Float64Array
}

export type ScoringLead = { readonly prepared: PreparedLead; readonly taste: LeadTaste | undefined }

export type ScoringColumns = {
  readonly match: ModelColumn
  readonly interest: ModelColumn
}

export function createListingScores(capacity: number): ListingScores {
  return {
    rowCount: 0,
    listingOf: new Int32Array(capacity),
    explicit: new Float64Array(capacity),
    known: new Float64Array(capacity),
    behavioural: new Float64Array(capacity),
    market: new Float64Array(capacity),
  }
}

/**
 * Fills `scores` and both columns, block by block.
 * @param pass waits until others in this thread had their turn, where it is their turn; throws to end the work
 * @param warn told each listing that cannot be scored, by its position
 */
export async function scoreListings(
  lead: ScoringLead,
  listings: readonly Listing[],
  into: { readonly scores: ListingScores; readonly columns: ScoringColumns },
  {
    pass,
    warn,
  }: {
    readonly pass: () => Promise<void> | undefined
    readonly warn: (position: number, reason: string) => void
  },
): Promise<void> {
  const { scores, columns } = into
  const matrices = {
    factors: new Float64Array(blockRows * matchFactorCount),
    interest: new Float64Array(blockRows * interestFeatureCount),
  }
  const numbers = new Float64Array(listingNumberCount)
  for (let next = 0; next < listings.length; ) {
    const from = scores.rowCount
    for (; next < listings.length && scores.rowCount - from < blockRows; next++) {
      const fault = scoreListing(lead, listings[next], numbers, { matrices, scores, row: scores.rowCount - from })
      if (fault !== undefined) warn(next, fault)
      else scores.listingOf[scores.rowCount++] = next
    }
    const rowCount = scores.rowCount - from
    // a promise only where the model answers elsewhere: then this thread was free meanwhile
    const matched = columns.match.answer(matrices.factors, from, rowCount)
    if (matched !== undefined) await matched
    const interested = columns.interest.answer(matrices.interest, from, rowCount)
    if (interested !== undefined) await interested
    const passed = pass()
    if (passed !== undefined) await passed
  }
}

type Target = {
  readonly matrices: { readonly factors: Float64Array; readonly interest: Float64Array }
  readonly scores: ListingScores
  /** Within the block. */
  readonly row: number
}

/** @returns what is wrong with the listing */
function scoreListing(lead: ScoringLead, listing: Listing, numbers: Float64Array, target: Target): string | undefined {
  const { prepared, taste } = lead
  const { matrices, scores, row } = target
  const { factors, interest } = matrices
  try {
    const fault = readListingNumbers(listing, numbers)
    if (fault !== undefined) return fault
    const offset = row * matchFactorCount
    writeFactors(prepared, listing, numbers, factors, offset)
    writeInterestRow(prepared, listing, numbers, interest, row * interestFeatureCount)
    const at = scores.rowCount
    let sum = 0
    let known = 0
    for (let i = 0; i < matchFactorCount; i++) {
      const factor = factors[offset + i]
      // NaN
      if (factor !== factor) {
        factors[offset + i] = neutralFactor
        sum += weights[i] * neutralFactor
      } else {
        sum += weights[i] * factor
        known += weights[i]
      }
    }
    const mustHaves = prepared.mustHaveShare(listing)
    scores.explicit[at] = Number.isNaN(mustHaves) ? sum : (1 - mustHaveWeight) * sum + mustHaveWeight * mustHaves
    scores.known[at] = known
    scores.behavioural[at] = taste === undefined ? NaN : taste.score(listing, numbers)
    scores.market[at] = marketScore(numbers)
    return undefined
  } catch (error) {
    // a getter of the listing's
    return error instanceof Error ? error.message : String(error)
  }
}

export type ScoredRow = { readonly score: number; readonly confidence: number; readonly model: number }

/** The blended score, its confidence and the model's part of a row. */
export function scoredRow(
  scores: ListingScores,
  columns: ScoringColumns,
  taste: LeadTaste | undefined,
  row: number,
): ScoredRow {
  const model = modelScore(columns.match.values[row], columns.interest.values[row])
  return {
    score: blendedScore(scores.explicit[row], scores.behavioural[row], scores.market[row], model),
    confidence: matchConfidence(scores.known[row], taste?.reactionCount ?? 0, !Number.isNaN(model)),
    model,
  }
}
