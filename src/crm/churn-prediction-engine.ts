// Leads or their ids in; the risks of losing them within 7, 14 and 30 days, and what to do about it, out.

import { createError } from '../errors.ts'
import { assertKnownOptions } from '../runtime/known-options.ts'
import { CallGate } from './call-gate.ts'
import { CallRecord, type CrmHealth } from './call-record.ts'
import { churnActionsOf } from './churn-actions.ts'
import {
  type ChurnBatch,
  churnNames,
  type ChurnOptions,
  type ChurnPrediction,
  type HighRiskList,
  highRiskNames,
  type HighRiskOptions,
} from './churn-prediction.ts'
import { churnPredictor, churnRowsOf, judgedRow } from './churn-predictor.ts'
import { churnRisksOf, churnScoreOf, churnTierOf, churnUrgencyOf } from './churn-risk.ts'
import { confidenceOf } from './confidence.ts'
import {
  assertCall,
  assertNumbers,
  type CrmCallOptions,
  crmOptionNames,
  type CrmOptions,
  type ResolvedCrmOptions,
  resolveCrmOptions,
} from './crm-options.ts'
import { createInterventionLedger, type InterventionLedger } from './intervention-ledger.ts'
import type { Lead } from './lead.ts'
import { type LeadAnswer, LeadAnswers } from './lead-answers.ts'
import { type LeadError, readLeadBatch } from './lead-batch.ts'
import { churnCompleteness } from './lead-features.ts'
import { findLead, type LeadOrId } from './lead-lookup.ts'

export type ChurnEngineOptions = CrmOptions & {
  /** Counts interventions and says how many are left; `true` for 3 a lead and UTC day. @default false */
  readonly interventions?: boolean | { readonly perDay: number }
}

/** Four hours; 10,000 entries of about 3 KiB. */
const cacheDefaults = { ttlMs: 4 * 3_600_000, maxEntries: 10_000 } as const
const factorLimit = 10
/** Three rows a lead: 150 rows a call of the model, between which other callers get theirs in. */
const chunkLeads = 50
const interventionsPerDay = 3
const dayMs = 86_400_000

/**
 * Predicts churn: by `churn_predictor_v2` where `models` has it and by its rule elsewhere; the answer says which. Predictions
 * by the model are remembered per tenant, lead, version and features, for 4 hours by default.
 * @example
 * const churn = new ChurnPredictionEngine({ models: registry, leads })
 * const { risks, tier, actions } = await churn.predict('lead-17', { tenant: 'acme' })
 */
export class ChurnPredictionEngine {
  readonly #options: ResolvedCrmOptions
  readonly #answers: LeadAnswers<'churn_predictor_v2'>
  readonly #record: CallRecord
  readonly #gate: CallGate
  readonly #interventions: InterventionLedger | undefined

  /** @throws VALIDATION_FAILED naming the option that cannot be */
  constructor(options: ChurnEngineOptions = {}) {
    assertKnownOptions('', options, { ...crmOptionNames, cache: true, interventions: true })
    this.#options = resolveCrmOptions(options, cacheDefaults)
    this.#answers = new LeadAnswers(churnPredictor, { ...this.#options, factorLimit })
    this.#record = new CallRecord(this.#options.clock)
    this.#gate = new CallGate(this.#record, 'the churn engine')
    const { interventions = false } = options
    if (typeof interventions !== 'boolean') assertKnownOptions('interventions', interventions, { perDay: true })
    const perDay = typeof interventions === 'object' ? interventions.perDay : interventionsPerDay
    if (!(perDay >= 1)) throw createError('VALIDATION_FAILED', 'option interventions.perDay: expected at least 1')
    if (interventions !== false) this.#interventions = createInterventionLedger(perDay, this.#options.now)
  }

  /**
   * Predicts for one lead.
   * @throws INPUT_INVALID for a lead that is unknown or cannot be; EXECUTION_FAILED where the source of leads failed; CLOSED;
   *   `signal.reason` when aborted
   */
  async predict(lead: LeadOrId, options: ChurnOptions): Promise<ChurnPrediction> {
    return this.#gate.passCounted(options, () => this.#predict(lead, options), churnNames)
  }

  /**
   * Predicts for many, 50 leads by one call of the model: those that failed are in `errors`.
   * @throws INPUT_INVALID where `leads` is no list or an option cannot be; CLOSED; `signal.reason` when aborted
   */
  async predictBatch(leads: readonly LeadOrId[], options: ChurnOptions): Promise<ChurnBatch> {
    return this.#gate.pass(options, () => this.#predictBatch(leads, options), churnNames)
  }

  /**
   * The leads that are most at risk, by their 14-day risk.
   * @throws INPUT_INVALID where no leads are given and no source knows who was active; CLOSED; `signal.reason` when aborted
   */
  async highRisk(options: HighRiskOptions): Promise<HighRiskList> {
    return this.#gate.pass(options, () => this.#highRisk(options), highRiskNames)
  }

  /**
   * Counts an intervention with a lead.
   * @returns false, and counts nothing, where the lead has had its share of today
   * @throws UNSUPPORTED where the engine was made without `interventions`; INPUT_INVALID; CLOSED
   */
  recordIntervention(leadId: string, { tenant }: Pick<CrmCallOptions, 'tenant'>): boolean {
    this.#gate.assertOpen()
    assertCall({ tenant })
    if (typeof leadId !== 'string' || leadId === '')
      throw createError('INPUT_INVALID', `recordIntervention expects the id of a lead, got ${typeof leadId}`)
    if (this.#interventions === undefined)
      throw createError('UNSUPPORTED', 'this engine counts no interventions; make it with interventions: true')
    return this.#interventions.take(tenant, leadId)
  }

  /** Status by what calls came to lately; counts since the service was made. */
  getHealth(): CrmHealth {
    return this.#record.health(this.#answers.entryCount)
  }

  /** Pending calls get CLOSED; closing twice is fine. Closes no registry. */
  close(): Promise<void> {
    this.#gate.close()
    this.#answers.clear()
    return Promise.resolve()
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #predict(given: LeadOrId, options: ChurnOptions): Promise<ChurnPrediction> {
    const startedAtMs = this.#options.clock.now()
    const lead = await findLead(this.#options.leads, given, options)
    const { answer, isShared } = await this.#answers.one(churnRowsOf(lead), { ...options, withFactors: true })
    const prediction = this.#predicted(lead, answer, { ...options, startedAtMs })
    this.#record.recordAnswer(prediction.provenance, prediction.latencyMs, isShared)
    return prediction
  }

  async #predictBatch(given: readonly LeadOrId[], options: ChurnOptions): Promise<ChurnBatch> {
    const startedAtMs = this.#options.clock.now()
    const { leads, clock } = this.#options
    const { ready, errors } = await readLeadBatch(given, { leads, rowsOf: churnRowsOf, record: this.#record, options })
    const results: ChurnPrediction[] = []
    const lookupMs = (clock.now() - startedAtMs) / ready.length
    for (let first = 0; first < ready.length; first += chunkLeads) {
      options.signal?.throwIfAborted()
      this.#gate.assertOpen()
      const chunk = ready.slice(first, first + chunkLeads)
      const chunkAtMs = clock.now()
      const answers = await this.#answers.many(
        chunk.map(({ rows }) => rows),
        { ...options, withFactors: true },
      )
      const shareMs = lookupMs + (clock.now() - chunkAtMs) / chunk.length
      for (const [index, { lead }] of chunk.entries()) {
        const prediction = this.#predicted(lead, answers[index], { ...options, startedAtMs })
        this.#record.recordAnswer(prediction.provenance, shareMs)
        results.push(prediction)
      }
      if (first + chunkLeads < ready.length) await new Promise<void>((resolve) => clock.setTimer(resolve, 0))
    }
    return { results, errors }
  }

  async #highRisk(options: HighRiskOptions): Promise<HighRiskList> {
    const { tenant, signal, threshold = 60, limit = 20, sinceMs = 45 * dayMs, examined = 1000 } = options
    assertNumbers({ threshold }, 0, 100)
    assertNumbers({ limit, examined }, 1)
    assertNumbers({ sinceMs }, 0)
    const given =
      options.leads ?? (await this.#recentlyActive(tenant, { sinceMs, limit: examined, ...(signal && { signal }) }))
    const { results, errors }: { results: readonly ChurnPrediction[]; errors: readonly LeadError[] } =
      await this.#predictBatch(given, options)
    const atRisk = results.filter(({ risks }) => risks[14] >= threshold).sort((a, b) => b.risks[14] - a.risks[14])
    return { results: atRisk.slice(0, limit), errors, examined: given.length }
  }

  async #recentlyActive(
    tenant: string,
    options: { readonly sinceMs: number; readonly limit: number; readonly signal?: AbortSignal },
  ): Promise<readonly string[]> {
    const { leads } = this.#options
    if (leads?.recentlyActive === undefined)
      throw createError('INPUT_INVALID', 'highRisk expects leads, or a source of leads with recentlyActive')
    return (await leads.recentlyActive(tenant, options)).slice(0, options.limit)
  }

  #predicted(
    lead: Lead,
    { answers, factors }: LeadAnswer,
    options: ChurnOptions & { readonly startedAtMs: number },
  ): ChurnPrediction {
    const { tenant, requestId, startedAtMs } = options
    const risks = churnRisksOf(answers.map(({ value }) => value))
    const score = churnScoreOf(risks)
    const tier = churnTierOf(score)
    const { provenance } = answers[judgedRow]
    const topFactors = factors?.top ?? []
    return {
      leadId: lead.id,
      tenant,
      risks,
      score,
      tier,
      urgency: churnUrgencyOf(tier, risks),
      actions: churnActionsOf(tier, topFactors),
      topFactors,
      ...(factors !== undefined && { factorsBy: factors.by }),
      confidence: confidenceOf(churnCompleteness(lead), risks[14] / 100, provenance),
      provenance,
      ...(this.#interventions !== undefined && { interventionsLeft: this.#interventions.left(tenant, lead.id) }),
      at: new Date(this.#options.now()).toISOString(),
      latencyMs: this.#options.clock.now() - startedAtMs,
      ...(requestId !== undefined && { requestId }),
    }
  }
}
