// The public `batching` option in, a strategy and the limits of the queue out, checked once.

import { createError } from '../errors.ts'
import { nearestName } from '../rows/nearest-name.ts'
import { shownValue } from '../rows/shown-value.ts'
import { createAdaptiveStrategy } from './adaptive.ts'
import { createFixedSizeStrategy } from './fixed-size.ts'
import type { BatchStrategy } from './strategy.ts'
import { createTimeWindowStrategy } from './time-window.ts'

export type BatchingOptions = {
  /** @default 'adaptive' */
  readonly strategy?: BatchStrategy['name']
  /** Most rows of one batch. @default 1024 (adaptive) or 50 */
  readonly maxRows?: number
  /** How long a row waits for others. @default 50 (time-window) or 500 (fixed-size); adaptive never waits */
  readonly maxDelayMs?: number
  /** Rows that may wait; the next one is refused with QUEUE_FULL. @default 10000 */
  readonly maxQueuedRows?: number
}

export type ResolvedBatching = { readonly strategy: BatchStrategy; readonly maxQueuedRows: number }

type Limits = { readonly maxRows: number; readonly maxDelayMs: number }

const optionNames: readonly string[] = [
  'strategy',
  'maxRows',
  'maxDelayMs',
  'maxQueuedRows',
] satisfies (keyof BatchingOptions)[]

const strategies = {
  // 1024 rows keep a run of a usual ensemble near a millisecond, and the slab of 100 columns below 1 MiB.
  adaptive: { create: createAdaptiveStrategy, maxRows: 1024, maxDelayMs: 0 },
  'time-window': { create: createTimeWindowStrategy, maxRows: 50, maxDelayMs: 50 },
  'fixed-size': { create: createFixedSizeStrategy, maxRows: 50, maxDelayMs: 500 },
} as const satisfies Record<BatchStrategy['name'], Limits & { readonly create: (limits: Limits) => BatchStrategy }>

/** Ten full batches of the default: beyond that a row waits longer than most callers do. */
const defaultMaxQueuedRows = 10_000

/** @throws VALIDATION_FAILED where an option is unknown, no strategy, no positive number, or contradicts another */
export function resolveBatchingOptions(options: BatchingOptions = {}): ResolvedBatching {
  assertOptionNames(options)
  const name = options.strategy ?? 'adaptive'
  if (!Object.hasOwn(strategies, name)) throw invalid('strategy', `one of ${Object.keys(strategies).join(', ')}`, name)
  const { create, ...defaults } = strategies[name]
  const maxQueuedRows = options.maxQueuedRows ?? defaultMaxQueuedRows
  assertRowCount('maxQueuedRows', maxQueuedRows)
  const maxRows = options.maxRows ?? Math.min(defaults.maxRows, maxQueuedRows)
  assertRowCount('maxRows', maxRows)
  if (maxRows > maxQueuedRows) throw invalid('maxRows', `at most maxQueuedRows (${maxQueuedRows})`, maxRows)
  const maxDelayMs = options.maxDelayMs ?? defaults.maxDelayMs
  if (!(Number.isFinite(maxDelayMs) && maxDelayMs >= 0))
    throw invalid('maxDelayMs', 'a finite number from 0 on', maxDelayMs)
  return { strategy: create({ maxRows, maxDelayMs }), maxQueuedRows }
}

/** A misspelt limit would silently be the default, and `batching: true` says nothing that leaving it out does not. */
function assertOptionNames(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw createError(
      'VALIDATION_FAILED',
      `batching must be false or an object of options, got ${shownValue(options)}`,
      {
        details: { option: 'batching' },
      },
    )
  for (const name of Object.keys(options)) {
    if (optionNames.includes(name)) continue
    const nearest = nearestName(name, optionNames)
    const hint = nearest === undefined ? `it takes ${optionNames.join(', ')}` : `did you mean ${nearest}?`
    throw createError('VALIDATION_FAILED', `batching.${name} is no option of batching; ${hint}`, {
      details: { option: `batching.${name}`, ...(nearest === undefined ? {} : { nearest }) },
    })
  }
}

function assertRowCount(option: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) throw invalid(option, 'a positive integer', value)
}

function invalid(option: string, expected: string, got: unknown) {
  return createError('VALIDATION_FAILED', `batching.${option} must be ${expected}, got ${shownValue(got)}`, {
    details: { option: `batching.${option}` },
  })
}
