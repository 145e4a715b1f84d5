// A source of leads, which may throw, hang or give anything, in; one that gives leads or errors that name them, in time, out.

import { createError, isMLError } from '../errors.ts'
import type { Clock } from '../observe/clock.ts'
import { shownValue } from '../rows/shown-value.ts'
import { createModelPatience } from './model-patience.ts'
import type { Lead, LeadSource } from './lead.ts'

/**
 * Both of its calls reject with `signal.reason`, with an MLError of the source's own, with DEADLINE_EXCEEDED after `timeoutMs`,
 * and with EXECUTION_FAILED for anything else that the source throws or gives; what it threw is the cause.
 */
export function guardedLeadSource(
  source: LeadSource,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
): LeadSource {
  const patience = createModelPatience(clock, 'the source of leads', timeoutMs)

  async function ask<Result>(
    work: () => Promise<Result>,
    { what, signal, ...details }: { readonly what: string; readonly lead?: string; readonly signal?: AbortSignal },
  ): Promise<Result> {
    try {
      return await patience.wait(work, { deadlineAtMs: patience.deadlineAtMs(), signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (isMLError(error)) throw error
      const message = error instanceof Error ? error.message : String(error)
      throw createError('EXECUTION_FAILED', `${what}: the source of leads failed: ${message}`, {
        details,
        cause: error,
      })
    }
  }

  const guarded: LeadSource = {
    findLead(tenant, lead, signal) {
      const what = `lead ${lead}`
      const find = async (): Promise<Lead | undefined> => {
        const found: unknown = await source.findLead(tenant, lead, signal)
        if (found === undefined || found === null) return undefined
        if (isLead(found)) return found
        throw createError(
          'EXECUTION_FAILED',
          `${what}: the source of leads gave ${shownValue(found)}; expected an object whose id is a text that is not empty, or undefined`,
          { details: { lead } },
        )
      }
      return ask(find, { what, lead, ...(signal && { signal }) })
    },
  }
  if (source.recentlyActive === undefined) return guarded
  return {
    ...guarded,
    recentlyActive(tenant, options) {
      const what = 'leads active of late'
      const find = async (): Promise<readonly string[]> => {
        const ids: unknown = await source.recentlyActive?.(tenant, options)
        if (Array.isArray(ids)) return ids as readonly string[]
        throw createError(
          'EXECUTION_FAILED',
          `${what}: the source of leads gave ${shownValue(ids)}; expected an array of ids`,
        )
      }
      return ask(find, { what, ...(options.signal && { signal: options.signal }) })
    },
  }
}

function isLead(found: unknown): found is Lead {
  return typeof found === 'object' && found !== null && 'id' in found && typeof found.id === 'string' && found.id !== ''
}
