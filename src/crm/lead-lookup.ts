// A lead or its id in; the lead out, or an error that names it.

import { createError, isMLError, type MLError } from '../errors.ts'
import { shownValue } from '../rows/shown-value.ts'
import type { Lead, LeadSource } from './lead.ts'

/** A lead, or the id of one that the lead source has. */
export type LeadOrId = Lead | string

/** The id in what a caller gave, where it has one. */
export function leadIdOf(given: unknown): string {
  if (typeof given === 'string') return given
  try {
    const id = typeof given === 'object' && given !== null && 'id' in given ? given.id : undefined
    return typeof id === 'string' ? id : ''
  } catch {
    return ''
  }
}

/** What reading a lead threw: an MLError as it is; anything else, such as a getter's, as INPUT_INVALID with it as the cause. */
export function unreadable(error: unknown, id: string): MLError {
  if (isMLError(error)) return error
  const message = error instanceof Error ? error.message : String(error)
  return createError('INPUT_INVALID', `lead ${id}: it cannot be read: ${message}`, {
    details: { lead: id },
    cause: error,
  })
}

/**
 * @param leads guarded: see `guardedLeadSource`
 * @throws INPUT_INVALID where there is no such lead, nobody to ask for it, or what was given is no lead; what `leads` throws
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
      `expected a lead with an id that is a text, or its id, got ${given === '' ? 'an empty id' : shownValue(given)}`,
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
  const lead = await leads.findLead(tenant, id, signal)
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
): Promise<(Lead | MLError)[]> {
  const found: (Lead | MLError)[] = []
  let next = 0
  /** Lookups in a row that had no answer in time. */
  let silences = 0
  const work = async (): Promise<void> => {
    while (next < given.length) {
      const index = next++
      const id = leadIdOf(given[index])
      try {
        // a source that is silent to all of them would keep a long list waiting for its time again and again
        if (silences >= options.concurrency && typeof given[index] === 'string') throw silent(id, silences)
        found[index] = await findLead(leads, given[index], options)
        silences = 0
      } catch (error) {
        options.signal?.throwIfAborted()
        const fault = unreadable(error, id)
        silences = fault.code === 'DEADLINE_EXCEEDED' ? silences + 1 : 0
        found[index] = fault
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(options.concurrency, given.length) }, work))
  return found
}

function silent(id: string, silences: number): MLError {
  return createError(
    'DEADLINE_EXCEEDED',
    `lead ${id}: not looked up, as the source of leads answered none of the ${silences} before it in time`,
    { details: { lead: id } },
  )
}

function readable(lead: Lead, id: string): Lead {
  for (const part of ['answers', 'preferences', 'activity'] as const) {
    const value = partOf(lead, part, id)
    if (value !== undefined && (typeof value !== 'object' || value === null || Array.isArray(value)))
      throw createError('INPUT_INVALID', `lead ${id}: ${part}: expected an object, got ${shownValue(value)}`, {
        details: { lead: id, field: part },
      })
  }
  return lead
}

function partOf(lead: Lead, part: 'answers' | 'preferences' | 'activity', id: string): unknown {
  try {
    return lead[part]
  } catch (error) {
    throw unreadable(error, id)
  }
}
