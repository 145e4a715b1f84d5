// Leads and the rows that a service makes of them in; the model's numbers out, remembered per tenant, lead, version and row.

import { freezeDeep } from '../cache/memory-store.ts'
import { createSingleFlight, type SingleFlight } from '../cache/single-flight.ts'
import type { CrmModelName, CrmModelRow } from '../resilience/crm-rules/model-features.ts'
import { type ExplainedModel, type Factors, factorsOf } from './contributions.ts'
import type { CrmCallOptions, ResolvedCrmOptions } from './crm-options.ts'
import { createExplanations, type Explanations } from './explanations.ts'
import { type Answered, createModelAnswers, type FoundModel, type ModelAnswers } from './model-answers.ts'
import { createResultCache, type ResultCache } from './result-cache.ts'

/** A lead's rows; several where the model is asked about several horizons. */
export type LeadRows<TName extends CrmModelName> = {
  readonly leadId: string
  readonly rows: readonly CrmModelRow<TName>[]
  /** Which of the rows is explained. */
  readonly explainedRow: number
}

/** One number a row, and why; shared by all who ask and frozen: who sorts its factors must not sort everybody's. */
export type LeadAnswer = {
  readonly answers: readonly Answered[]
  /** Of the explained row; absent where nobody asked, or nothing explains the answer. */
  readonly factors?: Factors
}

export type LeadAnswerOptions = Omit<CrmCallOptions, 'signal'> & {
  readonly signal?: AbortSignal | undefined
  /** Computes the answer although it is remembered, and remembers it. */
  readonly refresh?: boolean | undefined
  readonly withFactors: boolean
  /** Called once for every answer that was computed, not for those remembered or shared. */
  readonly onComputed?: (leadId: string, answer: LeadAnswer) => void
}

type Wanted<TName extends CrmModelName> = LeadRows<TName> & { readonly key: string }

/**
 * The results of services are kept here and not by the predictor alone, because they outlive its 300 seconds where a service
 * says so, hold the factors, and work with predictors that have no cache. The key holds the tenant, the lead, the version
 * that answers now and every number of the rows: a changed feature or a new version misses. What rules answered is not kept.
 * The predictor's own cache stays behind it with the tenant in its keys; with Redis it spares other processes the run.
 */
export class LeadAnswers<TName extends CrmModelName> {
  readonly #model: ExplainedModel<TName>
  readonly #ask: ModelAnswers<TName>
  readonly #cache: ResultCache<LeadAnswer>
  readonly #flights: SingleFlight<LeadAnswer>
  readonly #explanations: Explanations
  readonly #factorLimit: number

  constructor(model: ExplainedModel<TName>, options: ResolvedCrmOptions & { readonly factorLimit: number }) {
    this.#model = model
    this.#ask = createModelAnswers(model, options)
    this.#cache = createResultCache(options.cache, options.clock)
    this.#flights = createSingleFlight(options.clock)
    this.#explanations = createExplanations(model.name, options.clock, options.modelTimeoutMs)
    this.#factorLimit = options.factorLimit
  }

  get entryCount(): number {
    return this.#cache.entryCount
  }

  /** Whether the lead's answer is remembered. @throws signal.reason */
  async has(lead: LeadRows<TName>, { tenant, signal }: LeadAnswerOptions): Promise<boolean> {
    const found = await this.#ask.find(signal)
    return this.#cache.get(keyOf(lead, tenant, found)) !== undefined
  }

  /** `how` says whether it was remembered, shared with another caller's or computed for this one. @throws signal.reason */
  async one(
    lead: LeadRows<TName>,
    options: LeadAnswerOptions,
  ): Promise<{ readonly answer: LeadAnswer; readonly isShared: boolean }> {
    const { tenant, signal, refresh = false, withFactors } = options
    const found = await this.#ask.find(signal)
    const key = keyOf(lead, tenant, found)
    const remembered = refresh ? undefined : this.#cache.get(key)
    if (remembered !== undefined) {
      const explained = withFactors ? await this.#explained(lead, remembered, found, signal) : remembered
      if (explained !== remembered) this.#cache.set(key, explained)
      return { answer: asRemembered(explained), isShared: false }
    }
    const flight = `${withFactors ? 'f' : ''}${refresh ? 'r' : ''}${key}`
    const isShared = this.#flights.isFlying(flight)
    const load = async (): Promise<LeadAnswer> => {
      // others may share it, so that no one caller's signal ends it: the model's time does
      const [answer] = await this.#compute([{ ...lead, key }], found, { ...options, signal: undefined })
      return answer
    }
    return { answer: await this.#flights.run(flight, load, signal === undefined ? {} : { signal }), isShared }
  }

  /** One answer a lead, in their order; those that are not remembered by one call of the model. @throws signal.reason */
  async many(leads: readonly LeadRows<TName>[], options: LeadAnswerOptions): Promise<LeadAnswer[]> {
    const { tenant, signal, refresh = false } = options
    const found = await this.#ask.find(signal)
    const keys = leads.map((lead) => keyOf(lead, tenant, found))
    const answers = new Map<string, LeadAnswer>()
    const wanted = new Map<string, Wanted<TName>>()
    for (const [index, key] of keys.entries()) {
      const remembered = refresh ? undefined : this.#cache.get(key)
      if (remembered === undefined) wanted.set(key, { ...leads[index], key })
      else if (!answers.has(key))
        answers.set(
          key,
          asRemembered(
            options.withFactors ? await this.#explained(leads[index], remembered, found, signal) : remembered,
          ),
        )
    }
    const computed = await this.#compute([...wanted.values()], found, options)
    for (const [index, key] of [...wanted.keys()].entries()) answers.set(key, computed[index])
    return keys.map((key) => answers.get(key) as LeadAnswer)
  }

  clear(): void {
    this.#cache.clear()
  }

  async #compute(
    wanted: readonly Wanted<TName>[],
    found: FoundModel,
    options: LeadAnswerOptions,
  ): Promise<LeadAnswer[]> {
    const { tenant, requestId, signal, withFactors, onComputed } = options
    if (wanted.length === 0) return []
    const rows = wanted.flatMap((lead) => lead.rows)
    const numbers = await this.#ask.ask(found, rows, {
      tenant,
      ...(requestId !== undefined && { requestId }),
      ...(signal && { signal }),
    })
    const answers: LeadAnswer[] = []
    let first = 0
    for (const lead of wanted) {
      const plain: LeadAnswer = { answers: this.#fromOne(lead.rows, numbers.slice(first, first + lead.rows.length)) }
      first += lead.rows.length
      const answer = withFactors ? await this.#explained(lead, plain, found, signal) : plain
      freezeDeep(answer)
      if (answer.answers.every(({ provenance }) => provenance.source !== 'fallback')) this.#cache.set(lead.key, answer)
      onComputed?.(lead.leadId, answer)
      answers.push(answer)
    }
    return answers
  }

  /** Numbers of one lead belong together: where the rule answered one of them, it answers all. */
  #fromOne(rows: readonly CrmModelRow<TName>[], answers: readonly Answered[]): readonly Answered[] {
    const fallback = answers.find(({ provenance }) => provenance.source === 'fallback')
    if (fallback === undefined || answers.every(({ provenance }) => provenance.source === 'fallback')) return answers
    return rows.map((row) => this.#ask.byRule(row, fallback.provenance.reason ?? 'EXECUTION_FAILED'))
  }

  async #explained(
    { rows, explainedRow }: LeadRows<TName>,
    answer: LeadAnswer,
    found: FoundModel,
    signal: AbortSignal | undefined,
  ): Promise<LeadAnswer> {
    if (answer.factors !== undefined) return answer
    const answered = answer.answers[explainedRow]
    const factors = await factorsOf(this.#model, rows[explainedRow], {
      found,
      answered,
      limit: this.#factorLimit,
      explanations: this.#explanations,
      signal,
    })
    if (factors === undefined) return answer
    freezeDeep(factors)
    return { ...answer, factors }
  }
}

/** JSON keeps apart what joining by a separator would not: a tenant may hold any character. */
function keyOf<TName extends CrmModelName>(
  { leadId, rows }: LeadRows<TName>,
  tenant: string,
  { version }: FoundModel,
): string {
  return JSON.stringify([tenant, leadId, version, ...rows.map((row) => Object.values(row))])
}

function asRemembered({ answers, factors }: LeadAnswer): LeadAnswer {
  const remembered = answers.map(({ value, provenance: { model, version } }): Answered => {
    return { value, provenance: { model, version, source: 'cache' } }
  })
  return factors === undefined ? { answers: remembered } : { answers: remembered, factors }
}
