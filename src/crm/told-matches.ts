// Rows of the best listings in; matches told in full out: factors, reasons, what models or rules say of them, and why.

import type { Explanation } from '../explain/explanation.ts'
import type { CrmModelName, CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import type { Row } from '../rows/prediction.ts'
import type { Explanations } from './explanations.ts'
import { propertyInterestRow } from './interest-row.ts'
import type { Lead } from './lead.ts'
import type { LeadTaste } from './lead-taste.ts'
import type { Listing } from './listing.ts'
import { type ListingScores, scoredRow, type ScoringColumns } from './listing-scores.ts'
import { matchParts } from './match-blend.ts'
import { listingNumbers, matcherRow, matchFactorCount, writeFactors } from './match-factors.ts'
import type { ResolvedMatchOptions } from './match-options.ts'
import { matchReasons } from './match-reasons.ts'
import type { MatcherModels } from './matcher-models.ts'
import type { Answered, FoundModel, ModelAnswers } from './model-answers.ts'
import type { ModelColumn } from './model-column.ts'
import type { PreparedLead } from './prepared-lead.ts'
import type { PropertyMatch } from './property-match.ts'

export type ScoredLead = {
  readonly lead: Lead
  readonly prepared: PreparedLead
  readonly taste: LeadTaste | undefined
  readonly viewingRowOf: (listing: Listing) => CrmModelRow<'viewing_probability_predictor_v2'>
  readonly listings: readonly Listing[]
  readonly scores: ListingScores
  readonly columns: ScoringColumns
}

export type Asked = {
  readonly found: { readonly match: FoundModel; readonly interest: FoundModel; readonly viewing: FoundModel }
  readonly models: MatcherModels
  readonly options: ResolvedMatchOptions
}

/** @throws `signal.reason` */
export async function toldMatches(rows: readonly number[], scored: ScoredLead, asked: Asked): Promise<PropertyMatch[]> {
  if (rows.length === 0) return []
  const { lead, prepared, taste, viewingRowOf, listings, scores, columns } = scored
  const { found, models, options } = asked
  const shown = rows.map((row) => listings[scores.listingOf[row]])
  const factors = shown.map((listing) => {
    const values = new Float64Array(matchFactorCount)
    writeFactors(prepared, listing, listingNumbers(listing), values, 0)
    return values
  })
  const matcherRows = factors.map(matcherRow)
  const interestRows = shown.map((listing) => propertyInterestRow(lead, listing))
  const viewingRows = shown.map(viewingRowOf)
  const [match, interest, viewing] = await Promise.all([
    answersOf(models.match, found.match, { rows, modelRows: matcherRows, column: columns.match }, options),
    answersOf(models.interest, found.interest, { rows, modelRows: interestRows, column: columns.interest }, options),
    models.viewing.ask(found.viewing, viewingRows, options),
  ])
  const matches = rows.map((row, i): PropertyMatch => {
    const { score, confidence, model } = scoredRow(scores, columns, taste, row)
    const parts = matchParts({
      explicit: scores.explicit[row],
      behavioural: scores.behavioural[row],
      market: scores.market[row],
      model,
    })
    return {
      listingId: shown[i].id,
      index: scores.listingOf[row],
      score,
      confidence,
      parts,
      factors: matcherRows[i],
      reasons: matchReasons(parts, factors[i], interest[i].value),
      match: match[i].value,
      interest: interest[i].value,
      viewingProbability: viewing[i].value,
      provenance: {
        match: match[i].provenance,
        interest: interest[i].provenance,
        viewing: viewing[i].provenance,
      },
    }
  })
  if (!options.explain) return matches
  const told: PropertyMatch[] = []
  for (let i = 0; i < matches.length; i++) {
    const { signal } = options
    const by = models.explanations
    const why = {
      match: await explained(by.match, found.match, match[i], { row: matcherRows[i], signal }),
      interest: await explained(by.interest, found.interest, interest[i], { row: interestRows[i], signal }),
      viewing: await explained(by.viewing, found.viewing, viewing[i], { row: viewingRows[i], signal }),
    }
    told.push({ ...matches[i], explanations: Object.fromEntries(Object.entries(why).filter(([, one]) => one)) })
  }
  return told
}

type AskedRows<TName extends CrmModelName> = {
  readonly rows: readonly number[]
  readonly modelRows: readonly CrmModelRow<TName>[]
  readonly column: ModelColumn
}

/** What ranking had from the model; where it had nothing, what the rule says. */
async function answersOf<TName extends CrmModelName>(
  model: ModelAnswers<TName>,
  found: FoundModel,
  { rows, modelRows, column }: AskedRows<TName>,
  options: ResolvedMatchOptions,
): Promise<Answered[]> {
  const open = rows.flatMap((row, i) => (Number.isNaN(column.values[row]) ? [i] : []))
  const openRows = open.map((i) => modelRows[i])
  const ruled = open.length === 0 ? [] : await model.ask(found, openRows, options)
  let next = 0
  return rows.map((row, i) => {
    if (open[next] === i) return ruled[next++]
    return {
      value: column.values[row],
      provenance: { model: model.model.name, version: column.version, source: 'model' },
    }
  })
}

/** Undefined where a rule answered, or the model cannot explain itself, whatever it throws, or not in time. */
async function explained(
  explanations: Explanations,
  { predictor }: FoundModel,
  { provenance }: Answered,
  { row, signal }: { readonly row: Row; readonly signal: AbortSignal | undefined },
): Promise<Explanation | undefined> {
  if (predictor === undefined || provenance.source === 'fallback') return undefined
  try {
    return await explanations.explain(predictor, row, signal)
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}
