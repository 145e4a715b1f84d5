// What an application gives a CRM service, and says with a call, in; the same, checked and with defaults, out.

import { createError } from '../errors.ts'
import { type Clock, systemClock } from '../observe/clock.ts'
import { guardedLogger, type Logger, silentLogger } from '../observe/logger.ts'
import { nameHint } from '../rows/nearest-name.ts'
import { assertKnownOptions, type OptionNames } from '../runtime/known-options.ts'
import { assertPredictOptions } from '../runtime/predict-options.ts'
import { guardedLeadSource } from './guarded-lead-source.ts'
import type { LeadSource } from './lead.ts'
import type { ModelSource } from './model-source.ts'
import type { ResultCacheOptions } from './result-cache.ts'

export type CrmOptions = {
  /** A registry, or anything that has predictors by name; without it, and wherever it cannot answer, rules do. */
  readonly models?: ModelSource
  /** Needed to name leads by their ids. */
  readonly leads?: LeadSource
  /** How long that source may take for a lead, or for who was active of late, milliseconds: DEADLINE_EXCEEDED then. @default 5000 */
  readonly leadTimeoutMs?: number
  /** False to compute every answer. */
  readonly cache?: false | Partial<ResultCacheOptions>
  /** How long a model may take for a call before the rule answers, milliseconds. @default 200 */
  readonly modelTimeoutMs?: number
  readonly clock?: Clock
  /** Time of day in milliseconds since 1970-01-01T00:00Z, for `at` of answers and events. @default Date.now */
  readonly now?: () => number
  /** @default silent */
  readonly logger?: Logger
}

export type ResolvedCrmOptions = {
  readonly models: ModelSource | undefined
  /** Guarded. */
  readonly leads: LeadSource | undefined
  readonly cache: ResultCacheOptions
  readonly modelTimeoutMs: number
  readonly clock: Clock
  readonly now: () => number
  readonly logger: Logger
}

/** What every call of a service takes. */
export type CrmCallOptions = {
  /** Whose lead it is: caches and subscribers of tenants are apart. */
  readonly tenant: string
  readonly signal?: AbortSignal
  /** The caller's name for this call, 1 to 256 characters. */
  readonly requestId?: string
}

/** Below the specification's 300 ms a call, with room for what comes before and after the model. */
const defaultModelTimeoutMs = 200
/** The application's own store: far more than it should need, so that only one that hangs is given up. */
const defaultLeadTimeoutMs = 5000

export const crmOptionNames: OptionNames<Omit<CrmOptions, 'cache'>> = {
  models: true,
  leads: true,
  leadTimeoutMs: true,
  modelTimeoutMs: true,
  clock: true,
  now: true,
  logger: true,
}

const cacheNames: OptionNames<ResultCacheOptions> = { ttlMs: true, maxEntries: true }

/** @throws VALIDATION_FAILED naming the option that cannot be */
export function resolveCrmOptions(options: CrmOptions, cacheDefaults: ResultCacheOptions): ResolvedCrmOptions {
  const {
    models,
    leads,
    cache = {},
    leadTimeoutMs = defaultLeadTimeoutMs,
    modelTimeoutMs = defaultModelTimeoutMs,
    clock = systemClock,
    now = () => Date.now(),
    logger = silentLogger,
  } = options
  if (models !== undefined && typeof (models as Partial<ModelSource> | null)?.getModelPredictor !== 'function')
    throw wrong('models', 'an object with getModelPredictor, such as a registry')
  if (leads !== undefined && typeof (leads as Partial<LeadSource> | null)?.findLead !== 'function')
    throw wrong('leads', 'an object with findLead')
  if (!(leadTimeoutMs > 0)) throw wrong('leadTimeoutMs', 'a number of milliseconds above 0')
  if (!(modelTimeoutMs > 0)) throw wrong('modelTimeoutMs', 'a number of milliseconds above 0')
  if (typeof (clock as Partial<Clock> | null)?.now !== 'function' || typeof clock.setTimer !== 'function')
    throw wrong('clock', 'an object with now, setTimer and clearTimer')
  if (typeof now !== 'function') throw wrong('now', 'a function that gives the time of day in milliseconds')
  if (cache !== false) assertKnownOptions('cache', cache, cacheNames)
  const { ttlMs, maxEntries } = cache === false ? { ttlMs: 0, maxEntries: 0 } : { ...cacheDefaults, ...cache }
  if (!(ttlMs >= 0)) throw wrong('cache.ttlMs', 'a number of milliseconds of at least 0')
  if (!(maxEntries >= 0)) throw wrong('cache.maxEntries', 'a number of at least 0')
  return {
    models,
    leads: leads && guardedLeadSource(leads, { clock, timeoutMs: leadTimeoutMs }),
    cache: { ttlMs, maxEntries },
    modelTimeoutMs,
    clock,
    now,
    logger: guardedLogger(logger),
  }
}

export const callOptionNames: OptionNames<CrmCallOptions> = { tenant: true, signal: true, requestId: true }

/** A misspelt option would silently be the default. @throws INPUT_INVALID naming it */
export function assertCallOptions(options: CrmCallOptions, known: Readonly<Record<string, true>>): void {
  for (const name in options)
    if (!Object.hasOwn(known, name))
      throw createError(
        'INPUT_INVALID',
        `option ${name}: there is no such option; ${nameHint(name, Object.keys(known))}`,
        {
          details: { option: name },
        },
      )
}

/** @throws INPUT_INVALID naming the option that cannot be; signal.reason where it is aborted already */
export function assertCall(options: CrmCallOptions): void {
  if (typeof options !== 'object' || options === null)
    throw createError('INPUT_INVALID', `expected options with a tenant, got ${shown(options)}`)
  const { tenant, signal, requestId } = options
  if (typeof tenant !== 'string' || tenant === '')
    throw createError('INPUT_INVALID', `option tenant: expected a string that is not empty, got ${shown(tenant)}`, {
      details: { option: 'tenant' },
    })
  assertPredictOptions({ ...(signal && { signal }), ...(requestId !== undefined && { requestId }) })
  signal?.throwIfAborted()
}

/** @throws INPUT_INVALID where an option that is given is no number from `least` to `most` */
export function assertNumbers(
  options: Readonly<Record<string, number | undefined>>,
  least: number,
  most = Infinity,
): void {
  for (const [option, value] of Object.entries(options))
    if (value !== undefined && !(typeof value === 'number' && value >= least && value <= most))
      throw createError(
        'INPUT_INVALID',
        `option ${option}: expected a number ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}, got ${String(value)}`,
        { details: { option } },
      )
}

function shown(value: unknown): string {
  return value === '' ? 'an empty one' : value === null ? 'null' : typeof value
}

function wrong(option: string, expected: string): Error {
  return createError('VALIDATION_FAILED', `option ${option}: expected ${expected}`, { details: { option } })
}
