// A lead, listings and models in; every listing scored, the best ranked and told in full, out.

import type { Clock } from '../observe/clock.ts'
import type { Platform } from '../runtime/platform.ts'
import { interestFeatureCount } from './interest-row.ts'
import type { Lead } from './lead.ts'
import { learnTaste, type LeadTaste } from './lead-taste.ts'
import type { Listing } from './listing.ts'
import {
  createListingScores,
  type ListingScores,
  scoredRow,
  type ScoringColumns,
  scoreListings,
} from './listing-scores.ts'
import { matchFactorCount } from './match-factors.ts'
import type { ResolvedMatchOptions } from './match-options.ts'
import type { MatcherModels } from './matcher-models.ts'
import { createModelColumn, type ModelColumn } from './model-column.ts'
import { prepareLead } from './prepared-lead.ts'
import { interestModel, matcherModel } from './property-models.ts'
import type { MatchCounts, MatchResult, MatchWarning, ModelShare } from './property-match.ts'
import { toldMatches } from './told-matches.ts'
import { createTopRanked } from './top-ranked.ts'
import { createViewingRows } from './viewing-row.ts'

/** EnterpriseHub's: less sure is no match. */
const leastConfidence = 0.3
/** After so long others in this thread have their turn. */
const turnMs = 8

export type MatchServices = {
  readonly models: MatcherModels
  readonly clock: Clock
  readonly defer: Platform['defer']
  /** Calendar year now. */
  readonly year: number
  /** @throws CLOSED */
  readonly assertOpen: () => void
}

export type RunMatch = Pick<MatchResult, 'matches' | 'warnings' | 'counts' | 'models'>

/** @throws INPUT_INVALID for a lead that cannot be; CLOSED; `signal.reason` */
export async function runMatch(
  lead: Lead,
  given: readonly Listing[],
  options: ResolvedMatchOptions,
  services: MatchServices,
): Promise<RunMatch> {
  const { models, clock, year } = services
  // the caller may change its list while others have their turn
  const listings = [...given]
  const { tenant, signal } = options
  const warnings: MatchWarning[] = []
  const taste = learnTaste(lead.reactions, (listingId, reason) => warnings.push({ listingId, reason }))
  const scoring = { prepared: prepareLead(lead, { year }), taste, viewingRowOf: createViewingRows(lead) }
  // the time that models may take is one for all of them
  const [match, interest, viewing] = await Promise.all([
    models.match.find(signal),
    models.interest.find(signal),
    models.viewing.find(signal),
  ])
  const scores = createListingScores(listings.length)
  const columnOf = (width: number) => ({ values: new Float64Array(listings.length), width })
  const asked = { clock, tenant, signal }
  const columns = {
    match: createModelColumn(matcherModel, match, columnOf(matchFactorCount), asked),
    interest: createModelColumn(interestModel, interest, columnOf(interestFeatureCount), asked),
  }
  const warn = (index: number, reason: string) => {
    const id: unknown = idOf(listings[index])
    warnings.push({ listingId: typeof id === 'string' ? id : '', index, reason })
  }
  await scoreListings(scoring, listings, { scores, columns }, { pass: turns(services, signal), warn })
  const ranking = rank({ scores, columns, taste }, listings, options)
  const matches = await toldMatches(
    ranking.rows,
    { lead, listings, scores, columns, ...scoring },
    {
      found: { match, interest, viewing },
      models,
      options,
    },
  )
  signal?.throwIfAborted()
  services.assertOpen()
  return {
    matches,
    warnings,
    counts: {
      given: listings.length,
      bad: listings.length - scores.rowCount,
      ...ranking.counts,
      returned: matches.length,
    },
    models: {
      property_matcher_v3: shareOf(columns.match, scores.rowCount),
      property_interest_predictor_v2: shareOf(columns.interest, scores.rowCount),
    },
  }
}

type Scored = {
  readonly scores: ListingScores
  readonly columns: ScoringColumns
  readonly taste: LeadTaste | undefined
}

type Ranking = {
  /** Rows of the matches, best first. */
  readonly rows: readonly number[]
  readonly counts: Pick<MatchCounts, 'lowScore' | 'lowRank' | 'lowConfidence' | 'overLimit'>
}

function rank(
  { scores, columns, taste }: Scored,
  listings: readonly Listing[],
  options: ResolvedMatchOptions,
): Ranking {
  const { limit, minScore } = options
  const { rowCount, listingOf } = scores
  const keys = new Float64Array(rowCount)
  const idAt = (row: number) => listings[listingOf[row]].id
  const best = createTopRanked(2 * limit, (a, b) => {
    if (keys[a] !== keys[b]) return keys[a] > keys[b]
    const [idA, idB] = [idAt(a), idAt(b)]
    return idA === idB ? a < b : idA < idB
  })
  let lowScore = 0
  for (let row = 0; row < rowCount; row++) {
    const { score, confidence } = scoredRow(scores, columns, taste, row)
    keys[row] = score * confidence
    if (score <= minScore) lowScore++
    else best.add(row)
  }
  const shortlist = best.ranked()
  const sure = shortlist.filter((row) => scoredRow(scores, columns, taste, row).confidence > leastConfidence)
  const rows = sure.slice(0, limit)
  return {
    rows,
    counts: {
      lowScore,
      lowRank: rowCount - lowScore - shortlist.length,
      lowConfidence: shortlist.length - sure.length,
      overLimit: sure.length - rows.length,
    },
  }
}

/** @returns what waits for the others once this turn was long enough, and then sees whether to go on */
function turns({ clock, defer, assertOpen }: MatchServices, signal: AbortSignal | undefined) {
  let endsAtMs = clock.now() + turnMs
  const check = () => {
    signal?.throwIfAborted()
    assertOpen()
    endsAtMs = clock.now() + turnMs
  }
  return (): Promise<void> | undefined =>
    clock.now() < endsAtMs ? undefined : new Promise<void>((resolve) => defer(resolve)).then(check)
}

function shareOf({ values, version, reason }: ModelColumn, rowCount: number): ModelShare {
  let answered = 0
  for (let row = 0; row < rowCount; row++) if (!Number.isNaN(values[row])) answered++
  return { version, answered, ...(reason !== undefined && { reason }) }
}

/** A getter may throw. */
function idOf(listing: unknown): unknown {
  try {
    return (listing as { readonly id?: unknown } | null | undefined)?.id
  } catch {
    return undefined
  }
}
