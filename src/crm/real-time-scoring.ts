// Leads or their ids in; scores of 0 to 100 with tier, confidence and who gave them out, and events of those that are new.

import { createError } from '../errors.ts'
import { CallGate } from './call-gate.ts'
import { CallRecord, type CrmHealth } from './call-record.ts'
import { confidenceOf } from './confidence.ts'
import { assertKnownOptions } from '../runtime/known-options.ts'
import {
  assertCall,
  crmOptionNames,
  type CrmOptions,
  type ResolvedCrmOptions,
  resolveCrmOptions,
} from './crm-options.ts'
import { createEventFeed, type EventFeed, type EventFeedStats, type Listener } from './event-feed.ts'
import type { Lead } from './lead.ts'
import { LeadAnswers, type LeadAnswer, type LeadRows } from './lead-answers.ts'
import { leadScorerRow, scoringCompleteness } from './lead-features.ts'
import { readLeadBatch } from './lead-batch.ts'
import { findLead, type LeadOrId } from './lead-lookup.ts'
import { type LeadScore, scoreNames, type ScoreBatch, type ScoreEvent, type ScoreOptions } from './lead-score.ts'
import { leadScorer } from './lead-scorer.ts'
import { leadTierOf } from './lead-tier.ts'
import { startWarmUp, type WarmUp, warmUpNames, type WarmUpOptions, type WarmUpResult, warmUpLeads } from './warm-up.ts'

export type ScoringOptions = CrmOptions & {
  /** Events that wait for one slow subscriber before its oldest is dropped. @default 1000 */
  readonly maxWaitingEvents?: number
}

export type ScoringHealth = CrmHealth & { readonly events: EventFeedStats }

/** Five minutes, as the specification says; 10,000 entries of about 1 KiB. */
const cacheDefaults = { ttlMs: 300_000, maxEntries: 10_000 } as const

/** Contributions that an answer tells. */
const factorLimit = 10

/**
 * Scores leads of a CRM as they act: by `lead_scorer_v2` where `models` has it and by its rule elsewhere; the answer says
 * which. Scores by the model are remembered per tenant, lead, version and features, for 300 s by default.
 * @example
 * const scoring = new RealTimeScoring({ models: registry, leads })
 * const { score, tier } = await scoring.score('lead-17', { tenant: 'acme' })
 */
export class RealTimeScoring {
  readonly #options: ResolvedCrmOptions
  readonly #answers: LeadAnswers<'lead_scorer_v2'>
  readonly #record: CallRecord
  readonly #feed: EventFeed<ScoreEvent>
  readonly #gate: CallGate
  readonly #warmUps = new Set<WarmUp>()

  /** @throws VALIDATION_FAILED naming the option that cannot be */
  constructor(options: ScoringOptions = {}) {
    assertKnownOptions('', options, { ...crmOptionNames, cache: true, maxWaitingEvents: true })
    this.#options = resolveCrmOptions(options, cacheDefaults)
    const { clock, logger } = this.#options
    this.#answers = new LeadAnswers(leadScorer, { ...this.#options, factorLimit })
    this.#record = new CallRecord(clock)
    this.#gate = new CallGate(this.#record, 'the scoring service')
    const { maxWaitingEvents: maxWaiting = 1000 } = options
    if (!(maxWaiting >= 1)) throw createError('VALIDATION_FAILED', 'option maxWaitingEvents: expected at least 1')
    this.#feed = createEventFeed({ clock, logger, maxWaiting })
  }

  /**
   * Scores one lead.
   * @throws INPUT_INVALID for a lead that is unknown or cannot be; EXECUTION_FAILED where the source of leads failed; CLOSED;
   *   `signal.reason` when aborted
   */
  async score(lead: LeadOrId, options: ScoreOptions): Promise<LeadScore> {
    return this.#gate.passCounted(options, () => this.#score(lead, options), scoreNames)
  }

  /**
   * Scores many by one call of the model: those that failed are in `errors`. Subscribers get one `batch_complete` and no
   * `score_update`.
   * @throws INPUT_INVALID where `leads` is no list or an option cannot be; CLOSED; `signal.reason` when aborted
   */
  async scoreBatch(leads: readonly LeadOrId[], options: ScoreOptions): Promise<ScoreBatch> {
    return this.#gate.pass(options, () => this.#scoreBatch(leads, options), scoreNames)
  }

  /**
   * Calls the listener with the tenant's events, later and one at a time; a slow or throwing one harms nobody.
   * @returns a function that ends it
   */
  subscribe(tenant: string, listener: Listener<ScoreEvent>): () => void {
    this.#gate.assertOpen()
    assertCall({ tenant })
    if (typeof listener !== 'function')
      throw createError('INPUT_INVALID', `subscribe expects a function, got ${typeof listener}`)
    return this.#feed.subscribe(tenant, listener)
  }

  /**
   * Scores leads that were active of late and whose score is not remembered.
   * @throws INPUT_INVALID where there is no source of leads that knows them; CLOSED; `signal.reason` when aborted
   */
  async warmUp(options: WarmUpOptions): Promise<WarmUpResult> {
    return this.#gate.pass(options, () => this.#warmUp(options), warmUpNames)
  }

  /** Warms up every 300 s, the first time after as much; 60 s after a failure. Ends with `close`. @returns a function that ends it */
  startWarmUp(options: WarmUpOptions & { readonly everyMs?: number }): () => void {
    this.#gate.assertOpen()
    assertCall(options)
    const { clock, logger } = this.#options
    const warmUp = startWarmUp(options, { clock, logger, run: (once) => this.warmUp(once) })
    this.#warmUps.add(warmUp)
    return () => {
      warmUp.stop()
      this.#warmUps.delete(warmUp)
    }
  }

  /** Status by what calls came to lately; counts since the service was made. */
  getHealth(): ScoringHealth {
    return { ...this.#record.health(this.#answers.entryCount), events: this.#feed.stats() }
  }

  /** Pending calls get CLOSED, waiting events are delivered, warm-ups end; closing twice is fine. Closes no registry. */
  close(): Promise<void> {
    this.#gate.close()
    for (const warmUp of this.#warmUps) warmUp.stop()
    this.#warmUps.clear()
    this.#feed.close()
    this.#answers.clear()
    return Promise.resolve()
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #score(given: LeadOrId, options: ScoreOptions): Promise<LeadScore> {
    const startedAtMs = this.#options.clock.now()
    const lead = await findLead(this.#options.leads, given, options)
    const publish = (_id: string, answer: LeadAnswer): void => {
      const event = this.#scored(lead, answer, { ...options, startedAtMs })
      // all subscribers get the same one
      this.#feed.publish(options.tenant, Object.freeze({ type: 'score_update', ...event }))
    }
    const { answer, isShared } = await this.#answers.one(rowsOf(lead), {
      ...options,
      withFactors: options.factors === true,
      onComputed: publish,
    })
    const score = this.#scored(lead, answer, { ...options, startedAtMs })
    this.#record.recordAnswer(score.provenance, score.latencyMs, isShared)
    return score
  }

  async #scoreBatch(given: readonly LeadOrId[], options: ScoreOptions): Promise<ScoreBatch> {
    const startedAtMs = this.#options.clock.now()
    const { ready, errors } = await readLeadBatch(given, {
      leads: this.#options.leads,
      rowsOf,
      record: this.#record,
      options,
    })
    const answers = await this.#answers.many(
      ready.map(({ rows }) => rows),
      { ...options, withFactors: options.factors === true },
    )
    const results = ready.map(({ lead }, index) => this.#scored(lead, answers[index], { ...options, startedAtMs }))
    const shareMs = (this.#options.clock.now() - startedAtMs) / results.length
    for (const { provenance } of results) this.#record.recordAnswer(provenance, shareMs)
    const total = results.reduce((sum, { score }) => sum + score, 0)
    const complete = {
      type: 'batch_complete',
      tenant: options.tenant,
      count: results.length,
      errorCount: errors.length,
      meanScore: results.length === 0 ? 0 : total / results.length,
      at: this.#at(),
    } as const
    this.#feed.publish(options.tenant, Object.freeze(complete))
    return { results, errors }
  }

  #warmUp(options: WarmUpOptions): Promise<WarmUpResult> {
    const asked = { tenant: options.tenant, ...(options.signal && { signal: options.signal }) }
    return warmUpLeads(this.#options.leads, options, {
      isKnown: async (lead) => this.#answers.has(rowsOf(lead), { ...asked, withFactors: false }),
      score: (leads) => this.scoreBatch(leads, asked),
    })
  }

  #scored(lead: Lead, answer: LeadAnswer, options: ScoreOptions & { readonly startedAtMs: number }): LeadScore {
    const { tenant, requestId, startedAtMs } = options
    const [{ value: score, provenance }] = answer.answers
    const confidence = confidenceOf(scoringCompleteness(lead), score / 100, provenance)
    return {
      leadId: lead.id,
      tenant,
      score,
      tier: leadTierOf(score, confidence),
      confidence,
      ...(options.factors === true && answer.factors !== undefined && { factors: answer.factors }),
      provenance,
      at: this.#at(),
      latencyMs: this.#options.clock.now() - startedAtMs,
      ...(requestId !== undefined && { requestId }),
    }
  }

  #at(): string {
    return new Date(this.#options.now()).toISOString()
  }
}

function rowsOf(lead: Lead): LeadRows<'lead_scorer_v2'> {
  return { leadId: lead.id, rows: [leadScorerRow(lead)], explainedRow: 0 }
}
