// A tenant and a source of leads in; the leads that were active of late scored before anybody asks, once or again and again, out.

import { createError } from '../errors.ts'
import type { Clock, Timer } from '../observe/clock.ts'
import type { Logger } from '../observe/logger.ts'
import type { OptionNames } from '../runtime/known-options.ts'
import { assertCallOptions, assertNumbers, callOptionNames, type CrmCallOptions } from './crm-options.ts'
import type { Lead, LeadSource } from './lead.ts'
import { findLeads } from './lead-lookup.ts'
import type { ScoreBatch } from './lead-score.ts'

export type WarmUpOptions = CrmCallOptions & {
  /** How far back a lead's last act may lie, milliseconds. @default 24 hours */
  readonly sinceMs?: number
  /** @default 100 */
  readonly limit?: number
}

/** Counts of leads. */
export type WarmUpResult = {
  /** Leads scored now. */
  readonly scored: number
  /** Leads whose score was remembered already. */
  readonly known: number
  readonly failed: number
}

export type WarmUp = { stop(): void }

export const warmUpNames: OptionNames<WarmUpOptions> = { ...callOptionNames, sinceMs: true, limit: true }

/** The longest that realms have timers for, some 25 days: what is longer would be over at once. */
const mostEveryMs = 2 ** 31 - 1

const dayMs = 86_400_000
const everyDefaultMs = 300_000
const afterFailureMs = 60_000
const lookupConcurrency = 16

/** @throws INPUT_INVALID where nobody knows which leads were active; what the source throws; signal.reason */
export async function warmUpLeads(
  source: LeadSource | undefined,
  { tenant, signal, sinceMs = dayMs, limit = 100 }: WarmUpOptions,
  use: {
    readonly isKnown: (lead: Lead) => Promise<boolean>
    readonly score: (leads: readonly Lead[]) => Promise<ScoreBatch>
  },
): Promise<WarmUpResult> {
  assertNumbers({ sinceMs }, 0)
  assertNumbers({ limit }, 1)
  if (source?.recentlyActive === undefined)
    throw createError('INPUT_INVALID', 'warm-up expects a source of leads with recentlyActive; give the option leads')
  const ids = await source.recentlyActive(tenant, { sinceMs, limit, ...(signal && { signal }) })
  const asked = { tenant, ...(signal && { signal }), concurrency: lookupConcurrency }
  const found = await findLeads(source, ids.slice(0, limit), asked)
  const leads: Lead[] = []
  let known = 0
  let failed = 0
  for (const lead of found) {
    signal?.throwIfAborted()
    if (lead instanceof Error) failed++
    else if (await isKnownOrBad(lead, use.isKnown)) known++
    else leads.push(lead)
  }
  if (leads.length === 0) return { scored: 0, known, failed }
  const { results, errors } = await use.score(leads)
  return { scored: results.length, known, failed: failed + errors.length }
}

/** A lead that cannot be is left for the batch, which says so. */
async function isKnownOrBad(lead: Lead, isKnown: (lead: Lead) => Promise<boolean>): Promise<boolean> {
  try {
    return await isKnown(lead)
  } catch {
    return false
  }
}

/** A run that takes longer than the interval delays the next; two never overlap. */
export function startWarmUp(
  options: WarmUpOptions & { readonly everyMs?: number },
  {
    clock,
    logger,
    run,
  }: {
    readonly clock: Clock
    readonly logger: Logger
    readonly run: (options: WarmUpOptions) => Promise<WarmUpResult>
  },
): WarmUp {
  // here, and not in every run of its own
  assertCallOptions(options, { ...warmUpNames, everyMs: true })
  const { everyMs = everyDefaultMs, signal, ...rest } = options
  if (!(everyMs > 0 && everyMs <= mostEveryMs))
    throw createError('INPUT_INVALID', `option everyMs: expected milliseconds above 0 and at most ${mostEveryMs}`)
  assertNumbers({ sinceMs: rest.sinceMs }, 0)
  assertNumbers({ limit: rest.limit }, 1)
  const controller = new AbortController()
  let timer: Timer
  const schedule = (delayMs: number): void => {
    if (controller.signal.aborted) return
    timer = clock.setTimer(() => void once(), delayMs)
    // nobody waits for it: it must not keep the process alive
    ;(timer as { unref?: () => void } | undefined)?.unref?.()
  }
  const once = async (): Promise<void> => {
    try {
      await run({ ...rest, signal: controller.signal })
      schedule(everyMs)
    } catch (error) {
      if (controller.signal.aborted) return
      logger.warn({ err: error, tenant: rest.tenant }, 'warming up leads failed')
      schedule(Math.min(afterFailureMs, everyMs))
    }
  }
  const stop = (): void => {
    clock.clearTimer(timer)
    signal?.removeEventListener('abort', stop)
    controller.abort()
  }
  signal?.addEventListener('abort', stop, { once: true })
  if (signal?.aborted === true) stop()
  else schedule(everyMs)
  return { stop }
}
