// A lead and listings in; the best matches, ranked, with reasons and who gave each number, out.

import { createError } from '../errors.ts'
import { shownValue } from '../rows/shown-value.ts'
import { assertKnownOptions } from '../runtime/known-options.ts'
import { detectPlatform, type Platform } from '../runtime/platform.ts'
import { CallGate } from './call-gate.ts'
import { CallRecord, type CrmHealth } from './call-record.ts'
import { crmOptionNames, type CrmOptions, type ResolvedCrmOptions, resolveCrmOptions } from './crm-options.ts'
import type { LeadError } from './lead-batch.ts'
import { findLead, leadIdOf, type LeadOrId, unreadable } from './lead-lookup.ts'
import type { Listing } from './listing.ts'
import { assertListings, type ResolvedMatchOptions, resolveMatchOptions } from './match-options.ts'
import { runMatch } from './match-run.ts'
import { type MatcherModels, openMatcherModels } from './matcher-models.ts'
import type { Provenance } from './model-source.ts'
import type { MatchBatch, MatchOptions, MatchResult } from './property-match.ts'

export type PropertyMatcherOptions = Omit<CrmOptions, 'cache'> & {
  /** Waits until others in this thread had their turn. @default the realm's */
  readonly defer?: Platform['defer']
}

/** A match counts as the model's where a model had a part in ranking, as the rules' else. */
export type PropertyMatcherHealth = Omit<CrmHealth, 'cache'> & {
  readonly listings: { readonly given: number; readonly bad: number }
}

/** Below the specification's 300 ms a call. */
const modelTimeoutMs = 250
/** Leads of a batch whose sources and models are asked at once; EnterpriseHub's. */
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
  readonly #record: CallRecord
  readonly #gate: CallGate
  readonly #listings = { given: 0, bad: 0 }
  #defer: Platform['defer'] | undefined

  /** @throws VALIDATION_FAILED naming the option that cannot be */
  constructor(options: PropertyMatcherOptions = {}) {
    assertKnownOptions('', options, { ...crmOptionNames, defer: true })
    const { defer, ...others } = options
    if (defer !== undefined && typeof defer !== 'function')
      throw createError('VALIDATION_FAILED', `option defer: expected a function, got ${shownValue(defer)}`)
    this.#options = resolveCrmOptions({ modelTimeoutMs, ...others }, { ttlMs: 0, maxEntries: 0 })
    this.#models = openMatcherModels(this.#options)
    this.#record = new CallRecord(this.#options.clock)
    this.#gate = new CallGate(this.#record, 'the property matcher')
    this.#defer = defer
  }

  /**
   * Scores each listing, drops those of `minScore` or less, orders by score × confidence (equal ones by id), takes twice the
   * limit, drops those of a confidence of 0.3 or less, and gives back the first `limit`. A listing that cannot be only warns.
   * @throws INPUT_INVALID for a lead, its id, listings or an option that cannot be; EXECUTION_FAILED where the lead source
   *   fails; CLOSED; `signal.reason`
   */
  async match(lead: LeadOrId, listings: readonly Listing[], options: MatchOptions): Promise<MatchResult> {
    const resolved = this.#resolved(listings, options)
    return this.#gate.passCounted(resolved, () => this.#match(lead, listings, resolved))
  }

  /**
   * Matches several leads with the same listings; a lead that fails is an error beside the results of the others, both in the
   * order of the leads.
   * @throws INPUT_INVALID for leads, listings or an option that cannot be; CLOSED; `signal.reason`
   */
  async matchBatch(
    leads: readonly LeadOrId[],
    listings: readonly Listing[],
    options: MatchOptions,
  ): Promise<MatchBatch> {
    const resolved = this.#resolved(listings, options)
    return this.#gate.pass(resolved, () => this.#matchBatch(leads, listings, resolved))
  }

  /** Status by what calls came to lately; counts since the service was made. */
  getHealth(): PropertyMatcherHealth {
    const { cache: _none, ...health } = this.#record.health(0)
    return { ...health, listings: { ...this.#listings } }
  }

  /** Pending calls get CLOSED; closing twice is fine. Closes no registry. */
  close(): Promise<void> {
    this.#gate.close()
    return Promise.resolve()
  }

  /** As `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** What cannot be counts as a refused call. */
  #resolved(listings: readonly Listing[], options: MatchOptions): ResolvedMatchOptions {
    try {
      this.#gate.assertOpen()
      const resolved = resolveMatchOptions(options)
      assertListings(listings)
      return resolved
    } catch (error) {
      this.#record.recordFailure(error)
      throw error
    }
  }

  async #match(given: LeadOrId, listings: readonly Listing[], options: ResolvedMatchOptions): Promise<MatchResult> {
    const { clock, now, leads } = this.#options
    const startedAtMs = clock.now()
    const lead = await findLead(leads, given, options)
    this.#defer ??= (await detectPlatform()).defer
    const at = new Date(now())
    const found = await runMatch(lead, listings, options, {
      models: this.#models,
      clock,
      defer: this.#defer,
      year: at.getUTCFullYear(),
      assertOpen: () => this.#gate.assertOpen(),
    })
    const { tenant, requestId } = options
    const result: MatchResult = {
      leadId: lead.id,
      tenant,
      ...found,
      at: at.toISOString(),
      latencyMs: clock.now() - startedAtMs,
      ...(requestId !== undefined && { requestId }),
    }
    this.#listings.given += result.counts.given
    this.#listings.bad += result.counts.bad
    this.#record.recordAnswer(sourceOf(result), result.latencyMs)
    return result
  }

  async #matchBatch(
    given: readonly LeadOrId[],
    listings: readonly Listing[],
    options: ResolvedMatchOptions,
  ): Promise<MatchBatch> {
    if (!Array.isArray(given))
      throw createError('INPUT_INVALID', `matchBatch expects an array of leads or their ids, got ${shownValue(given)}`)
    const results: (MatchResult | undefined)[] = []
    const errors: LeadError[] = []
    let next = 0
    const work = async (): Promise<void> => {
      while (next < given.length) {
        const index = next++
        try {
          results[index] = await this.#match(given[index], listings, options)
        } catch (thrown) {
          options.signal?.throwIfAborted()
          const leadId = leadIdOf(given[index])
          const error = unreadable(thrown, leadId)
          this.#record.recordFailure(error)
          if (error.code === 'CLOSED') throw error
          errors.push({ index, leadId, error })
        }
      }
    }
    await Promise.all(Array.from({ length: Math.min(batchConcurrency, given.length) }, work))
    return {
      results: results.filter((result) => result !== undefined),
      errors: errors.sort((a, b) => a.index - b.index),
    }
  }
}

function sourceOf({ models, counts }: MatchResult): Provenance {
  const shares = Object.entries(models)
  const [model, { version }] = shares.find(([, { answered }]) => answered > 0) ?? shares[0]
  const isModel = counts.given === counts.bad || shares.some(([, { answered }]) => answered > 0)
  return { model, version, source: isModel ? 'model' : 'fallback' }
}
