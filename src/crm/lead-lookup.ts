// A lead or its id in; the lead out, or an error that names it.

import { createError, isMLError } from '../errors.ts'
import { raceAbort } from '../resilience/deadline.ts'
import type { Lead, LeadSource } from './lead.ts'

/** A lead, or the id of one that the lead source has. */
export type LeadOrId = Lead | string

/** The id in what a caller gave, where it has one. */
export function leadIdOf(given: unknown): string {
  if (typeof given === 'string') return given
  const id = typeof given === 'object' && given !== null && 'id' in given ? given.id : undefined
  return typeof id === 'string' ? id : ''
}

/**
 * @throws INPUT_INVALID where there is no such lead, nobody to ask for it, or what was given is no lead; EXECUTION_FAILED, with
 *   what the lead source threw as its cause; signal.reason
 */
export async function findLead(
  leads: LeadSource | undefined,
  given: LeadOrId,
  { tenant, signal }: { readonly tenant: string; readonly signal?: AbortSignal },
): Promise<Lead> {
  const id = leadIdOf(given)
  if (id === '')
    throw createError(
      'INPUT_INVALID',
      `expected a lead with an id, or its id, got ${given === '' ? 'an empty id' : typeof given}`,
    )
  if (typeof given !== 'string') return readable(given, id)
  if (leads === undefined)
    throw createError(
      'INPUT_INVALID',
      `lead ${id}: there is no source of leads to ask; give the lead itself, or the option leads`,
      {
        details: { lead: id },
      },
    )
  const lead = await askSource(leads, id, { tenant, signal })
  if (lead === undefined || lead === null)
    throw createError('INPUT_INVALID', `lead ${id}: the tenant has no such lead`, { details: { lead: id } })
  return readable(lead, id)
}

/**
 * All of them, at most `concurrency` asked for at once; each its lead or its own error.
 * @throws signal.reason
 */
export async function findLeads(
  leads: LeadSource | undefined,
  given: readonly LeadOrId[],
  options: { readonly tenant: string; readonly signal?: AbortSignal; readonly concurrency: number },
): Promise<(Lead | Error)[]> {
  const found: (Lead | Error)[] = []
  let next = 0
  const work = async (): Promise<void> => {
    while (next < given.length) {
      const index = next++
      try {
        found[index] = await findLead(leads, given[index], options)
      } catch (error) {
        options.signal?.throwIfAborted()
        found[index] = error instanceof Error ? error : new Error(String(error))
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.concurrency, given.length) }, work))
  return found
}

async function askSource(
  leads: LeadSource,
  id: string,
  { tenant, signal }: { readonly tenant: string; readonly signal?: AbortSignal | undefined },
): Promise<Lead | undefined> {
  try {
    const asked = (): Promise<Lead | undefined> | Lead | undefined => leads.findLead(tenant, id, signal)
    return await (signal === undefined ? asked() : raceAbort(signal, asked))
  } catch (error) {
    signal?.throwIfAborted()
    if (isMLError(error)) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw createError('EXECUTION_FAILED', `lead ${id}: the source of leads failed: ${message}`, {
      details: { lead: id },
      cause: error,
    })
  }
}

function readable(lead: Lead, id: string): Lead {
  for (const part of ['answers', 'preferences', 'activity'] as const) {
    const value: unknown = lead[part]
    if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value)))
      throw createError(
        'INPUT_INVALID',
        `lead ${id}: ${part}: expected an object, got ${value === null ? 'null' : typeof value}`,
        {
          details: { lead: id, field: part },
        },
      )
  }
  return lead
}
