// Leads or their ids in; those that can be asked about, with their rows, and the errors of the others out.

import { createError, type MLError } from '../errors.ts'
import { shownValue } from '../rows/shown-value.ts'
import type { CrmModelName } from '../resilience/crm-rules/model-features.ts'
import type { CallRecord } from './call-record.ts'
import type { CrmCallOptions } from './crm-options.ts'
import type { Lead, LeadSource } from './lead.ts'
import type { LeadRows } from './lead-answers.ts'
import { findLeads, leadIdOf, type LeadOrId, unreadable } from './lead-lookup.ts'

/** Why a lead of a batch has no result. */
export type LeadError = {
  /** The lead's place among those that were given. */
  readonly index: number
  /** Empty where what was given has none. */
  readonly leadId: string
  readonly error: MLError
}

export type LeadBatch<TName extends CrmModelName> = {
  readonly ready: readonly { readonly lead: Lead; readonly rows: LeadRows<TName> }[]
  readonly errors: readonly LeadError[]
}

/** Leads that are looked up at once: a batch of ids must not take all connections of the application's store. */
const lookupConcurrency = 16

/** Failures are counted, one a lead. @throws signal.reason; INPUT_INVALID where `given` is no list */
export async function readLeadBatch<TName extends CrmModelName>(
  given: readonly LeadOrId[],
  use: {
    readonly leads: LeadSource | undefined
    readonly rowsOf: (lead: Lead) => LeadRows<TName>
    readonly record: CallRecord
    readonly options: CrmCallOptions
  },
): Promise<LeadBatch<TName>> {
  if (!Array.isArray(given))
    throw createError('INPUT_INVALID', `expected a list of leads or of their ids, got ${shownValue(given)}`)
  const { tenant, signal } = use.options
  const found = await findLeads(use.leads, given, { tenant, ...(signal && { signal }), concurrency: lookupConcurrency })
  const ready: { readonly lead: Lead; readonly rows: LeadRows<TName> }[] = []
  const errors: LeadError[] = []
  for (const [index, lead] of found.entries())
    try {
      if (lead instanceof Error) throw lead
      ready.push({ lead, rows: use.rowsOf(lead) })
    } catch (thrown) {
      const leadId = leadIdOf(given[index])
      const error = unreadable(thrown, leadId)
      use.record.recordFailure(error)
      errors.push({ index, leadId, error })
    }
  return { ready, errors }
}
