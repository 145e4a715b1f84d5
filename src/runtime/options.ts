// What users may configure, checked once and with every default filled in.

import type { BackendOptions } from '../backend/backend-options.ts'
import type { BackendName } from '../backend/port.ts'
import { type BatchingOptions, resolveBatchingOptions } from '../batching/batching-options.ts'
import type { CachingOptions } from '../cache/cache-port.ts'
import { type ResolvedCaching, resolveCaching } from '../cache/caching-options.ts'
import { systemClock } from '../observe/clock.ts'
import { longestTimerMs } from '../observe/deadline-watch.ts'
import { guardedLogger, type Logger, silentLogger } from '../observe/logger.ts'
import type { TracerProvider } from '../observe/tracing.ts'
import { createBreaker } from '../resilience/breaker.ts'
import { crmRules } from '../resilience/crm-rules/crm-rules.ts'
import { createRuleTable, type FallbackRules, type RuleTable } from '../resilience/rules.ts'
import { checkedBackendOptions } from './checked-backend-options.ts'
import { assertKnownOptions, type OptionNames, wrongOption } from './known-options.ts'
import type { Platform } from './platform.ts'

export type BackendChoice = 'auto' | BackendName

export type ServingOptions = {
  /** @default 'auto' */
  readonly backend?: BackendChoice
  /** Threads, device, memory and adapter of the backends that run in a process of their own. */
  readonly backendOptions?: BackendOptions
  /**
   * Where wasm and cpu compute: `inline` in this thread; or in threads of their own, which share the rows of each batch and
   * leave this one to answer. The other backends are in processes of their own in any case. @default 'inline'
   */
  readonly execution?: 'inline' | { readonly workers: number }
  /** @default a logger that says nothing */
  readonly logger?: Logger
  /** Whether lines about requests hold the row and texts that quote its values. @default false */
  readonly logRows?: boolean
  /**
   * OpenTelemetry spans of requests and batches: `true` where the application has @opentelemetry/api and registers a
   * provider, now or later; or a provider of your own; `false` for none. @default true
   */
  readonly tracing?: boolean | TracerProvider
  readonly batching?: false | BatchingOptions
  /** False for no cache; true is every default. @default true */
  readonly caching?: boolean | CachingOptions
  /** Rules by name, beside those of the five CRM models, which are always there; one of the same name goes first. */
  readonly fallbacks?: FallbackRules
  /** Consecutive failed batches that open a model's breaker, and how long it stays open. @default 5, 30_000 */
  readonly breaker?: { readonly failureThreshold?: number; readonly openMs?: number }
  /**
   * Longest run of one batch in another thread or process: then its callers get EXECUTION_FAILED or the fallback's answer, it
   * counts as a failure of the model, and the thread or process is ended and made anew. @default 30_000
   */
  readonly timeBudgetMs?: number
  /** Clock, hash and turn-taking; tests and other runtimes bring their own. */
  readonly platform?: Platform
}

export type LoadModelOptions = ServingOptions & {
  /** Name of a rule in `fallbacks`, or of a CRM model's, that answers when the model cannot. */
  readonly fallback?: string
  /** Least measured accuracy with which the model is served. */
  readonly accuracyFloor?: number
}

export type RegistryOptions = ServingOptions & {
  /** Folder with one folder a model. */
  readonly modelsDir: string
  /** Serves models whose measured accuracy is below their floor; health says so. @default false */
  readonly allowBelowFloor?: boolean
  /** First wait before a model that failed to load is tried again; doubles up to a minute. @default 1_000 */
  readonly retryAfterMs?: number
  /** Bytes of weights that all models may hold; the least recently used are unloaded, and loaded again when asked. @default no limit */
  readonly memoryBudgetBytes?: number
  /** Looks at the models folder again and again, and takes over new models, versions and aliases. @default false; every 1_000 ms where true */
  readonly watch?: boolean | { readonly intervalMs?: number }
}

export type PredictOptions = {
  /** Aborts this call; it then rejects with `signal.reason`. */
  readonly signal?: AbortSignal
  /** Deadline of this call. */
  readonly timeoutMs?: number
  /** False to neither look up nor store; true to look up even where that costs more than the model. */
  readonly useCache?: boolean
  /** Refuses rows with names that the schema does not have. @default false */
  readonly strict?: boolean
  /** @default 'normal' */
  readonly priority?: 'low' | 'normal' | 'high'
  /** Keeps cached answers of tenants apart. */
  readonly tenant?: string
  /** The caller's name for this call, 1 to 256 characters: in lines of the log, on the prediction channel and in its span. */
  readonly requestId?: string
}

export type ResolvedServingOptions = {
  readonly backend: BackendChoice
  readonly backendOptions: BackendOptions
  /** 0 for inline. */
  readonly workers: number
  readonly logger: Logger
  readonly logRows: boolean
  readonly tracing: boolean | TracerProvider
  readonly batching: false | BatchingOptions
  readonly caching: false | ResolvedCaching
  readonly rules: RuleTable
  readonly breaker: { readonly failureThreshold?: number; readonly openMs?: number }
  readonly timeBudgetMs: number
}

const backendChoices = ['auto', 'kernel', 'cuda', 'webgpu', 'native', 'wasm', 'cpu'] as const satisfies BackendChoice[]

export const servingNames = {
  backend: true,
  backendOptions: true,
  execution: true,
  logger: true,
  logRows: true,
  tracing: true,
  batching: true,
  caching: true,
  fallbacks: true,
  breaker: true,
  timeBudgetMs: true,
  platform: true,
} as const satisfies OptionNames<ServingOptions>

const loadModelNames = {
  ...servingNames,
  fallback: true,
  accuracyFloor: true,
} as const satisfies OptionNames<LoadModelOptions>

/** @throws VALIDATION_FAILED naming the option, and the nearest one where its name is unknown */
export function resolveLoadModelOptions(options: LoadModelOptions): ResolvedServingOptions {
  assertKnownOptions('', options, loadModelNames)
  return resolveServingOptions(options)
}

/** @throws VALIDATION_FAILED naming the option */
export function resolveServingOptions(options: ServingOptions): ResolvedServingOptions {
  const { backend = 'auto', logger = silentLogger, fallbacks = {}, breaker = {}, timeBudgetMs = 30_000 } = options
  const { logRows = false, tracing = true } = options
  for (const [name, value] of Object.entries({ logger, fallbacks, breaker }))
    if (typeof value !== 'object' || value === null) throw wrongOption(name, 'an object', value)
  if (!backendChoices.includes(backend)) throw wrongOption('backend', backendChoices.join(', '), backend)
  for (const level of ['debug', 'info', 'warn', 'error'] as const)
    if (typeof logger[level] !== 'function') throw wrongOption('logger', `a ${level} method, as pino has`, logger)
  return {
    backend,
    backendOptions: checkedBackendOptions(options.backendOptions),
    workers: checkedWorkers(options.execution),
    logger: guardedLogger(logger),
    logRows: checkedFlag('logRows', logRows),
    tracing: checkedTracing(tracing),
    batching: checkedBatching(options.batching),
    caching: resolveCaching(options.caching),
    rules: createRuleTable(crmRules, fallbacks),
    breaker: checkedBreaker(breaker),
    timeBudgetMs: Math.min(positive('timeBudgetMs', timeBudgetMs), longestTimerMs),
  }
}

export function checkedFlag(name: string, value: unknown): boolean {
  if (typeof value !== 'boolean') throw wrongOption(name, 'true or false', value)
  return value
}

function checkedTracing(tracing: boolean | TracerProvider): boolean | TracerProvider {
  if (typeof tracing === 'boolean' || typeof (tracing as Partial<TracerProvider> | null)?.getTracer === 'function')
    return tracing
  throw wrongOption('tracing', 'true, false or a tracer provider of OpenTelemetry', tracing)
}

/** More threads than this only take turns on any machine there is. */
const mostWorkers = 256

function checkedWorkers(execution: ServingOptions['execution'] = 'inline'): number {
  if (execution === 'inline') return 0
  const expected = `'inline' or { workers: 1 … ${mostWorkers} }`
  if (typeof execution !== 'object' || execution === null) throw wrongOption('execution', expected, execution)
  assertKnownOptions('execution', execution, { workers: true })
  const workers: unknown = execution.workers
  if (typeof workers === 'number' && Number.isInteger(workers) && workers >= 1 && workers <= mostWorkers) return workers
  throw wrongOption('execution.workers', `a whole number from 1 to ${mostWorkers}`, workers)
}

function checkedBatching(batching: false | BatchingOptions = {}): false | BatchingOptions {
  if (batching !== false) resolveBatchingOptions(batching)
  return batching
}

function checkedBreaker(breaker: ResolvedServingOptions['breaker']): ResolvedServingOptions['breaker'] {
  assertKnownOptions('breaker', breaker, { failureThreshold: true, openMs: true })
  createBreaker({ ...breaker, model: 'every model', clock: systemClock })
  return breaker
}

export function positive(name: string, value: unknown): number {
  if (typeof value !== 'number' || !(value > 0)) throw wrongOption(name, 'a number above 0', value)
  return value
}
