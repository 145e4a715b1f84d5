// A lead and listings in; the best matches, ranked, with reasons and who gave each number, out.

import { createError, isMLError, type MLError } from '../errors.ts'
import { Histogram, type HistogramSummary } from '../observe/histogram.ts'
import { assertKnownOptions } from '../runtime/known-options.ts'
import { detectPlatform, type Platform } from '../runtime/platform.ts'
import { type CrmOptions, resolveCrmOptions, type ResolvedCrmOptions } from './crm-options.ts'
import { findLead, leadIdOf, type LeadOrId } from './lead-lookup.ts'
import type { Listing } from './listing.ts'
import { assertListings, type ResolvedMatchOptions, resolveMatchOptions } from './match-options.ts'
import { runMatch } from './match-run.ts'
import { type MatcherModels, modelHealthOf, type ModelsHealth, openMatcherModels } from './matcher-models.ts'
import type { MatchBatchResult, MatchOptions, MatchResult } from './property-match.ts'
import { shownValue } from '../rows/shown-value.ts'

export type PropertyMatcherOptions = Omit<CrmOptions, 'cache'> & {
  /** Waits until others in this thread had their turn. @default the realm's */
  readonly defer?: Platform['defer']
}

export type PropertyMatcherHealth = {
  /** `degraded` while a rule or nothing stands for a model. */
  readonly status: 'healthy' | 'degraded' | 'closed'
  readonly models: ModelsHealth
  readonly counts: {
    readonly matches: number
    readonly failures: number
    readonly listings: number
    readonly warnings: number
  }
  /** Milliseconds of a match, from its call to its answer. */
  readonly latency: HistogramSummary
}

/** Below the specification's 300 ms a call. */
const modelTimeoutMs = 250
/** Leads of a batch whose sources are asked at once; EnterpriseHub's. */
const batchConcurrency = 5

/**
 * Ranks listings for a lead; works with models, with some of them, and with none, and says which it used.
 * @example
 * const matcher = new PropertyMatcher({ models: registry })
 * const { matches } = await matcher.match(lead, listings, { tenant: 'acme', limit: 5 })
 */
export class PropertyMatcher {
  readonly #options: ResolvedCrmOptions
  readonly #models: MatcherModels
  readonly #latency = new Histogram()
  readonly #counts = { matches: 0, failures: 0, listings: 0, warnings: 0 }
  #defer: Platform['defer'] | undefined
  #isClosed = false

  /** @throws VALIDATION_FAILED naming the option that cannot be */
  constructor(options: PropertyMatcherOptions = {}) {
    const { defer, ...others } = options
    assertKnownOptions('', others, {
      models: true,
      leads: true,
      modelTimeoutMs: true,
      clock: true,
      now: true,
      logger: true,
    })
    if (defer !== undefined && typeof defer !== 'function')
      throw createError('VALIDATION_FAILED', `option defer: expected a function, got ${shownValue(defer)}`)
    this.#options = resolveCrmOptions({ modelTimeoutMs, ...others }, { ttlMs: 0, maxEntries: 0 })
    this.#models = openMatcherModels(this.#options)
    this.#defer = defer
  }

  /**
   * Scores each listing, drops those of `minScore` or less, orders by score × confidence (equal ones by id), takes twice the
   * limit, drops those of a confidence of 0.3 or less, and gives back the first `limit`. A listing that cannot be only warns.
   * @throws INPUT_INVALID for a lead, its id, listings or an option that cannot be; EXECUTION_FAILED where the lead source
   *   fails; CLOSED; `signal.reason`
   */
  async match(leadOrId: LeadOrId, listings: readonly Listing[], options: MatchOptions): Promise<MatchResult> {
    const startedAtMs = this.#options.clock.now()
    this.#assertOpen()
    const resolved = resolveMatchOptions(options)
    assertListings(listings)
    try {
      const result = await this.#run(leadOrId, listings, resolved, startedAtMs)
      this.#counts.matches++
      this.#counts.listings += listings.length
      this.#counts.warnings += result.warnings.length
      this.#latency.record(result.latencyMs)
      return result
    } catch (error) {
      if (isMLError(error)) this.#counts.failures++
      throw error
    }
  }

  /**
   * Matches several leads with the same listings; a lead that fails is an error beside the results of the others, both in the
   * order of the leads.
   * @throws INPUT_INVALID for listings or an option that cannot be; CLOSED; `signal.reason`
   */
  async matchBatch(
    leads: readonly LeadOrId[],
    listings: readonly Listing[],
    options: MatchOptions,
  ): Promise<MatchBatchResult> {
    this.#assertOpen()
    resolveMatchOptions(options)
    assertListings(listings)
    if (!Array.isArray(leads))
      throw createError('INPUT_INVALID', `matchBatch expects an array of leads or their ids, got ${shownValue(leads)}`)
    const outcomes: (MatchResult | MLError)[] = []
    let next = 0
    const work = async (): Promise<void> => {
      while (next < leads.length) {
        const index = next++
        try {
          outcomes[index] = await this.match(leads[index], listings, options)
        } catch (error) {
          if (!isMLError(error) || error.code === 'CLOSED') throw error
          outcomes[index] = error
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(batchConcurrency, leads.length) }, work))
    return {
      results: outcomes.filter((outcome): outcome is MatchResult => !isMLError(outcome)),
      errors: outcomes.flatMap((outcome, i) =>
        isMLError(outcome) ? [{ leadId: leadIdOf(leads[i]), error: outcome }] : [],
      ),
    }
  }

  /** Asks for each model, so that one that is not there yet is looked for. */
  async getHealth(): Promise<PropertyMatcherHealth> {
    const models = this.#isClosed ? {} : await modelHealthOf(this.#options.models)
    const isWhole = Object.values(models).every(({ status }) => status === 'healthy')
    return {
      status: this.#isClosed ? 'closed' : isWhole ? 'healthy' : 'degraded',
      models,
      counts: { ...this.#counts },
      latency: this.#latency.summary(),
    }
  }

  /** Matches under way end with CLOSED at their next block; the models are the registry's, and stay. Closing twice is fine. */
  close(): Promise<void> {
    this.#isClosed = true
    return Promise.resolve()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #run(
    leadOrId: LeadOrId,
    listings: readonly Listing[],
    options: ResolvedMatchOptions,
    startedAtMs: number,
  ): Promise<MatchResult> {
    const lead = await findLead(this.#options.leads, leadOrId, options)
    this.#defer ??= (await detectPlatform()).defer
    const { clock, now } = this.#options
    const year = new Date(now()).getUTCFullYear()
    const services = { models: this.#models, clock, defer: this.#defer, year, assertOpen: () => this.#assertOpen() }
    const found = await runMatch(lead, listings, options, services)
    return { ...found, latencyMs: clock.now() - startedAtMs }
  }

  #assertOpen(): void {
    if (this.#isClosed) throw createError('CLOSED', 'the property matcher is closed')
  }
}
